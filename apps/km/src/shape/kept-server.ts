import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsServer, RedisServer } from '@kilomega/servers'
import { keepRunning } from '../start/keep-running.js'
import { logOf } from '../start/paths.js'
import { removePidFile, writePidFile } from '../start/pid-file.js'

/** How soon the end of a server is noticed, milliseconds. */
const lookEveryMs = 500

export interface KeptServerOptions<Server> {
  name: 'nats' | 'redis'
  /** As people are told of it. */
  label: string
  port: number
  start: (port: number) => Promise<Server>
  say: (text: string) => void
}

/** A server of this machine, which is started again on its port when it has ended. */
export class KeptServer<Server extends NatsServer | RedisServer = NatsServer | RedisServer> {
  private readonly stopping = new AbortController()
  private readonly keeping: Promise<void>
  private failure: string | undefined

  private constructor(
    private server: Server,
    private readonly options: KeptServerOptions<Server>,
  ) {
    writePidFile(options.name, server.pid)
    const { say } = options
    this.keeping = keepRunning({ ended: () => this.ended(), start: () => this.startAgain(), say, stop: this.stopping.signal })
  }

  /** The first start is tried once. */
  static async start<Server extends NatsServer | RedisServer>(options: KeptServerOptions<Server>): Promise<KeptServer<Server>> {
    const server = await options.start(options.port)
    return new KeptServer(server, { ...options, port: server.port })
  }

  get name(): 'nats' | 'redis' {
    return this.options.name
  }

  get port(): number {
    return this.server.port
  }

  get url(): string {
    return this.server.url
  }

  /** Of the server that runs now, or ran last. */
  get pid(): number {
    return this.server.pid
  }

  isRunning(): boolean {
    return this.server.isRunning()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.keeping
    await this.server.stop()
    removePidFile(this.name)
  }

  private async ended(): Promise<string> {
    const { label, name } = this.options
    const { signal } = this.stopping
    while (this.failure === undefined && this.server.isRunning() && !signal.aborted)
      await sleep(lookEveryMs, undefined, { signal, ref: false }).catch(() => undefined)
    return this.failure ?? `${label} has ended; its log is ${logOf(name)}`
  }

  private async startAgain(): Promise<void> {
    const { name, port, label, start, say } = this.options
    this.failure = undefined
    try {
      this.server = await start(port)
      writePidFile(name, this.server.pid)
      say(`${label} runs again`)
    } catch (error) {
      this.failure = `${label} does not start: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}
