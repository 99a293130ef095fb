import { type NatsConnection, type Authenticator, connect, nkeyAuthenticator } from '@nats-io/transport-node'
import { eventually } from '@kilomega/testing'
import { makeServiceKey } from '../src/nats/nkey.js'
import { type BindingsReport, natsAuthorization } from '../src/nats/permissions.js'
import { inboxPrefix } from '../src/nats/subjects.js'

export const portNames = ['analytics', 'content', 'identity', 'media', 'notifications', 'search']
export type MemberName = 'api' | 'worker' | 'search' | 'media' | 'notifications'

const hear = (module: string, heard: Record<string, string>) =>
  Object.entries(heard).map(([method, eventName]) => ({ subscriber: `${module}.${method}:${eventName}`, eventName }))
const hears = {
  search: hear('search', { putPublished: 'content.post-published', remove: 'content.post-removed' }),
  media: hear('media', { notePublished: 'content.post-published', noteRemoved: 'content.post-removed' }),
  notifications: hear('notifications', { welcome: 'identity.account-verified', tellMediaReady: 'media.media-ready' }),
}
const all: BindingsReport = { answers: portNames, asks: portNames, hears: Object.values(hears).flat(), ownsStream: true }
const one = (name: keyof typeof hears, asks: string[] = []): BindingsReport => ({ answers: [name], asks, hears: hears[name], ownsStream: false })
const bindings: Record<MemberName, BindingsReport> = {
  api: all,
  worker: all,
  search: one('search'),
  media: one('media'),
  notifications: one('notifications', ['identity']),
}

const names = Object.keys(bindings) as MemberName[]
export const keys = Object.fromEntries(names.map((name) => [name, makeServiceKey()])) as Record<MemberName, ReturnType<typeof makeServiceKey>>
export const inboxOf = (name: MemberName): string => inboxPrefix(keys[name].publicKey)
export const signedBy = (seed: { reveal(): string }): Authenticator => nkeyAuthenticator(Buffer.from(seed.reveal()))

const witness = makeServiceKey()

/** The configuration that `km nats-config` writes for the applications of this repository, with one more user that may receive and send everything. */
export function configurationWithWitness(): string {
  const text = natsAuthorization(names.map((name) => ({ name, publicKey: keys[name].publicKey, bindings: bindings[name] })))
  return text.replace('users: [', `users: [\n    { nkey: ${witness.publicKey} }`)
}

/** A service that an attacker has taken over: it has a valid key and runs none of our code. */
export class Intruder {
  /** The errors that the server sent. They arrive some time after the attempt. */
  readonly refusals: string[] = []

  private constructor(readonly connection: NatsConnection) {
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') this.refusals.push(status.error.message)
    })()
  }

  static async enter(url: string, name: MemberName): Promise<Intruder> {
    return new Intruder(await connect({ servers: url, authenticator: signedBy(keys[name].seed), inboxPrefix: inboxOf(name), reconnect: false }))
  }

  async isRefused(operation: 'Publish' | 'Subscription', subject: string): Promise<void> {
    await eventually(() => {
      if (!this.refusals.some((refusal) => refusal.includes(`Permissions Violation for ${operation} to "${subject}"`)))
        throw new Error(`not refused; the server said: ${this.refusals.join('; ')}`)
    })
  }
}

/** Messages of the server itself: that it has refused a client, and that its API was used. */
const ofTheServer = ['$SYS.ACCOUNT.CLIENT.AUTH.ERR', '$JS.EVENT.ADVISORY.API']

/** Receives every message that the server passes on, and may do everything. */
export class Witness {
  private readonly heard: string[] = []

  private constructor(readonly connection: NatsConnection) {}

  static async enter(url: string): Promise<Witness> {
    const self = new Witness(await connect({ servers: url, authenticator: signedBy(witness.seed) }))
    self.connection.subscribe('>', { callback: (_, { subject }) => void (ofTheServer.includes(subject) || self.heard.push(subject)) })
    return self
  }

  /** The subjects of the messages sent since the last call. */
  async takeHeard(): Promise<string[]> {
    await this.connection.flush()
    return this.heard.splice(0)
  }
}
