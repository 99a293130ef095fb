import { loadConfig } from '@kilomega/config'
import { HealthBoard } from '@kilomega/observability'
import { type Actor, type AnyPort, CurrentCall, portHandler, runCall } from '@kilomega/ports'
import { eventually, SignalsRecorder } from '@kilomega/testing'
import type { NatsConnection } from '@nats-io/transport-node'
import { ReadBarrier } from '../src/nats/read-barrier.js'
import { NatsConfig } from '../src/nats/nats.config.js'
import { NatsLink } from '../src/nats/nats-link.js'
import { makeServiceKey } from '../src/nats/nkey.js'
import { PortServer } from '../src/nats/port-server.js'
import { RemotePorts } from '../src/nats/remote-ports.js'

export type ServiceKey = ReturnType<typeof makeServiceKey>

export interface SideOptions {
  url: string
  key?: ServiceKey
  /** Keys whose signatures are trusted. */
  trusts?: ServiceKey[]
}

/** The NATS part of one process, without an application: its connection, its transports to other processes, and the ports that it answers. */
export class NatsSide {
  readonly signals = new SignalsRecorder()
  readonly health = new HealthBoard()
  readonly config: NatsConfig
  readonly link: NatsLink
  readonly remote: RemotePorts

  constructor({ url, key = makeServiceKey(), trusts = [] }: SideOptions) {
    const environment = { NATS_URL: url, NATS_SEED: key.seed.reveal(), NATS_TRUSTED_KEYS: trusts.map(({ publicKey }) => publicKey).join() }
    this.config = loadConfig([NatsConfig], environment).get(NatsConfig)
    this.link = new NatsLink(this.config, this.signals, this.health)
    this.remote = new RemotePorts(this.link, this.config)
    this.link.onModuleInit()
  }

  /** Resolves when NATS has accepted the connection. */
  static async open(options: SideOptions): Promise<NatsSide> {
    const side = new NatsSide(options)
    await side.connected()
    return side
  }

  async connected(): Promise<NatsConnection> {
    await eventually(() => this.link.connection !== undefined, 10_000)
    await this.link.connection!.flush()
    return this.link.connection!
  }

  async serve(port: AnyPort, service: object): Promise<PortServer> {
    const connection = await this.connected()
    const server = new PortServer({
      port,
      handler: portHandler(port, service),
      contexts: this.remote.contexts!,
      readBarrier: new ReadBarrier(connection),
      refused: (error) => this.signals.emit('port.message-refused', { port: port.portName }, error),
    })
    server.open(connection)
    await connection.flush()
    return server
  }

  close(): Promise<void> {
    return this.link.onApplicationShutdown()
  }
}

export const ann: Actor = { kind: 'user', id: 'ann', role: 'user', sessionId: 'session-1' }

/** Runs `work` as a call of that actor, with the other fields of a call in `more`. */
export const as = <T>(actor: Actor, work: () => T, more: Partial<ConstructorParameters<typeof CurrentCall>[0]> = {}): T =>
  runCall(new CurrentCall({ actor, trace: { requestId: 'test' }, ...more }), work)
