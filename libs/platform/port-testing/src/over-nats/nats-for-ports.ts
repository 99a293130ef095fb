import { type BindingsReport, makeServiceKey, natsAuthorization } from '@kilomega/messaging'
import { openNats, type TestNats } from '@kilomega/testing'

export interface NatsForPorts {
  nats: TestNats
  /** Settings that make a process one side of the wire. */
  environmentOf(side: 'caller' | 'host'): Record<string, string>
}

/** A nats-server that allows a caller and a host what they bind, each with its own key, and nothing else. */
export async function openNatsForPorts(bindings: Record<'caller' | 'host', BindingsReport>): Promise<NatsForPorts> {
  const keys = { caller: makeServiceKey(), host: makeServiceKey() }
  const users = (['caller', 'host'] as const).map((name) => ({ name, publicKey: keys[name].publicKey, bindings: bindings[name] }))
  const nats = await openNats({ configuration: natsAuthorization(users) })
  return {
    nats,
    environmentOf: (side) => ({
      NATS_URL: nats.url,
      NATS_SEED: keys[side].seed.reveal(),
      NATS_TRUSTED_KEYS: users.map(({ publicKey }) => publicKey).join(),
    }),
  }
}
