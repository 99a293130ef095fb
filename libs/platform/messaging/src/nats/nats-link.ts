import { readFileSync } from 'node:fs'
import { stage } from '@kilomega/config'
import { Health, Signals } from '@kilomega/observability'
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common'
import { connect, type ConnectionOptions, type NatsConnection, nkeyAuthenticator, type Status } from '@nats-io/transport-node'
import { ClockWatch } from './clock-watch.js'
import { NatsConfig } from './nats.config.js'
import { SigningKey } from './nkey.js'
import { inboxPrefix } from './subjects.js'

/** Before this version, JetStream could lose messages that it had acknowledged. Debian's 2.9 is good enough for tests. */
export const oldestForProduction = '2.12.7'

/** Attempts to connect are made forever, each after this wait and up to as much again, in milliseconds. */
const reconnectWaitMs = 250
/** A server that does not answer two of these pings is given up, in milliseconds. */
const pingEveryMs = 5_000

type Listener = (connection: NatsConnection) => void

/**
 * The one connection of a process to NATS. It is made in the background, so that a process starts, listens and reports what is missing while NATS is
 * unavailable. It reconnects by itself, forever. While it is down nothing waits: a caller that wants to send gets an error at once.
 */
@Injectable()
export class NatsLink implements OnModuleInit, OnApplicationShutdown {
  private opened: NatsConnection | undefined
  private up = false
  private ended = false
  private readonly onOpen: Listener[] = []
  private readonly onLoss: (() => void)[] = []
  readonly key: SigningKey | undefined
  readonly clocks: ClockWatch

  constructor(
    private readonly config: NatsConfig,
    private readonly signals: Signals,
    private readonly health: Health,
  ) {
    this.clocks = new ClockWatch(signals, health)
    this.key = config.seed === undefined ? undefined : new SigningKey(config.seed.reveal())
  }

  get enabled(): boolean {
    return this.config.url.length > 0
  }

  /** The connection, while it is up. */
  get connection(): NatsConnection | undefined {
    return this.up ? this.opened : undefined
  }

  /** Calls the listener when the process is connected for the first time. Subscriptions made then are restored at each reconnection. */
  whenOpen(listener: Listener): void {
    if (this.opened === undefined) this.onOpen.push(listener)
    else listener(this.opened)
  }

  whenLost(listener: () => void): void {
    this.onLoss.push(listener)
  }

  /** Adds a health check. NATS is required if the process cannot serve without it: a process with its own HTTP routes can, a service that is called over NATS cannot. */
  watch({ required }: { required: boolean }): void {
    if (this.enabled) this.health.register({ name: 'nats', required, check: async () => this.check() })
  }

  onModuleInit(): void {
    if (this.enabled) void this.open()
  }

  /** Closed last and flushed first, so that replies and acknowledgements that were sent before still arrive. */
  async onApplicationShutdown(): Promise<void> {
    this.ended = true
    await this.connection?.flush().catch(() => undefined)
    this.up = false
    await this.opened?.close()
    for (const listener of this.onLoss) listener()
  }

  private async open(): Promise<void> {
    const connection = await connect(this.options()).catch((error: unknown) => this.signals.emit('nats.refused', {}, error))
    if (connection === undefined) return
    if (this.ended) return connection.close()
    this.opened = connection
    this.connected()
    for (const listener of this.onOpen) listener(connection)
    for await (const status of connection.status()) this.note(status)
  }

  private note(status: Status): void {
    if (status.type === 'reconnect') this.connected()
    else if (status.type === 'disconnect') this.lost()
    else if (status.type === 'error') this.signals.emit('nats.refused', {}, status.error)
  }

  private connected(): void {
    this.up = true
    const { version } = this.opened!.info!
    this.signals.emit('nats.connected', { server: this.opened!.getServer(), version })
    if (isOlder(version)) this.signals.emit('nats.server-too-old', { version, oldest: oldestForProduction })
  }

  private lost(): void {
    if (!this.up) return
    this.up = false
    this.signals.emit('nats.disconnected')
    for (const listener of this.onLoss) listener()
  }

  private check(): void {
    if (this.connection === undefined) throw new Error('not connected')
    const { version } = this.connection.info!
    if (stage() === 'production' && isOlder(version)) throw new Error(`nats-server ${version} is older than ${oldestForProduction}`)
  }

  private options(): ConnectionOptions {
    const { url, seed, caFile, certFile, keyFile } = this.config
    return {
      servers: url,
      ...(seed && { authenticator: nkeyAuthenticator(Buffer.from(seed.reveal())), inboxPrefix: inboxPrefix(this.key!.publicKey) }),
      ...(caFile && { tls: { ca: read(caFile), ...(certFile && { cert: read(certFile) }), ...(keyFile && { key: read(keyFile) }) } }),
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: reconnectWaitMs,
      reconnectJitter: reconnectWaitMs,
      pingInterval: pingEveryMs,
      maxPingOut: 2,
    }
  }
}

const read = (file: string): string => readFileSync(file, 'utf8')

function isOlder(version: string): boolean {
  const [numbers, oldest] = [version, oldestForProduction].map((text) => text.split('-')[0]!.split('.').map(Number))
  const place = oldest!.findIndex((number, index) => number !== numbers![index])
  return place !== -1 && numbers![place]! < oldest![place]!
}
