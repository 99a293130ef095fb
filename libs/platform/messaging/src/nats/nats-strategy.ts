import { Signals } from '@kilomega/observability'
import type { AnyPort } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { type CustomTransportStrategy, ServerNats } from '@nestjs/microservices'
import type { Msg, MsgCallback, NatsConnection, Subscription, SubscriptionOptions } from '@nats-io/transport-node'
import { LocalModules } from '../implement.js'
import { LocalPorts } from '../local-ports.js'
import { ReadBarrier } from './read-barrier.js'
import { NatsLink } from './nats-link.js'
import { PortServer } from './port-server.js'
import { RemotePorts } from './remote-ports.js'
import { isInbox } from './subjects.js'

/**
 * The NATS side of a process as a Nest transport: the ports that are answered here, and the application's own `@MessagePattern` and
 * `@EventPattern` handlers, as Nest's own NATS server would serve them.
 */
@Injectable()
export class NatsStrategy extends ServerNats implements CustomTransportStrategy {
  private readonly servers: PortServer[] = []
  private readonly patterns: Subscription[] = []

  constructor(
    private readonly link: NatsLink,
    private readonly remote: RemotePorts,
    private readonly local: LocalModules,
    private readonly handlers: LocalPorts,
    private readonly signals: Signals,
  ) {
    super({})
  }

  /** Returns at once: HTTP listens and the process is up even while NATS is unavailable. */
  override async listen(callback: (error?: unknown) => void): Promise<void> {
    this.link.whenOpen((connection) => this.serve(connection))
    callback()
  }

  /** From now on other instances get the calls; calls that have arrived here are answered. */
  async drain(): Promise<void> {
    if (this.link.connection === undefined) return
    await Promise.all(this.servers.map((server) => server.drain()))
    await Promise.all(this.patterns.map((subscription) => subscription.drain()))
  }

  /** Closes nothing: the connection belongs to the process and outlives this strategy. */
  override async close(): Promise<void> {}

  override unwrap<T>(): T {
    return this.link.connection as T
  }

  private serve(connection: NatsConnection): void {
    const subscribe = (subject: string, options: SubscriptionOptions): Subscription => {
      const subscription = connection.subscribe(subject, { ...options, callback: this.guarded(subject, options.callback!) })
      this.patterns.push(subscription)
      return subscription
    }
    this.bindEvents({ subscribe })
    const readBarrier = new ReadBarrier(connection)
    for (const { port } of this.local.implementations) this.servers.push(this.open(port, connection, readBarrier))
  }

  /** Nest replies to any subject that a message names, so messages whose reply would not go to an inbox are refused here. */
  private guarded(subject: string, handle: MsgCallback<Msg>): MsgCallback<Msg> {
    return (error, message) => {
      if (error !== null || !message.reply || isInbox(message.reply)) return handle(error, message)
      this.signals.emit('port.message-refused', { port: subject }, new Error('a message whose reply would not come to an inbox'))
    }
  }

  private open(port: AnyPort, connection: NatsConnection, readBarrier: ReadBarrier): PortServer {
    const server = new PortServer({
      port,
      handler: this.handlers.handlerOf(port),
      contexts: this.remote.contexts!,
      readBarrier,
      refused: (error) => this.signals.emit('port.message-refused', { port: port.portName }, error),
    })
    server.open(connection)
    return server
  }
}
