import { setTimeout as sleep } from 'node:timers/promises'
import type { NatsServer, RedisServer } from '@kilomega/servers'
import { keepRunning } from '../start/keep-running.js'
import { logOf } from '../start/paths.js'
import { removePidFile, writePidFile } from '../start/pid-file.js'

/** How often to check whether the server is running, in milliseconds. */
const checkEveryMs = 500

export interface SupervisedServerOptions<Server> {
  name: 'nats' | 'redis'
  /** The name in messages. */
  label: string
  port: number
  start: (port: number) => Promise<Server>
  say: (text: string) => void
}

/** A server on this machine. It is started again on its port when it has ended. */
export class SupervisedServer<Server extends NatsServer | RedisServer = NatsServer | RedisServer> {
  private readonly stopping = new AbortController()
  private readonly supervision: Promise<void>
  private failure: string | undefined

  private constructor(
    private server: Server,
    private readonly options: SupervisedServerOptions<Server>,
  ) {
    writePidFile(options.name, server.pid)
    const { say } = options
    this.supervision = keepRunning({ ended: () => this.ended(), start: () => this.startAgain(), say, stop: this.stopping.signal })
  }

  /** The first start is not retried. */
  static async start<Server extends NatsServer | RedisServer>(options: SupervisedServerOptions<Server>): Promise<SupervisedServer<Server>> {
    const server = await options.start(options.port)
    return new SupervisedServer(server, { ...options, port: server.port })
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

  /** The id of the process that is running, or of the last one that ran. */
  get pid(): number {
    return this.server.pid
  }

  isRunning(): boolean {
    return this.server.isRunning()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.supervision
    await this.server.stop()
    removePidFile(this.name)
  }

  private async ended(): Promise<string> {
    const { label, name } = this.options
    const { signal } = this.stopping
    while (this.failure === undefined && this.server.isRunning() && !signal.aborted)
      await sleep(checkEveryMs, undefined, { signal, ref: false }).catch(() => undefined)
    return this.failure ?? `${label} has ended; its log is ${logOf(name)}`
  }

  private async startAgain(): Promise<void> {
    const { name, port, label, start, say } = this.options
    this.failure = undefined
    try {
      this.server = await start(port)
      writePidFile(name, this.server.pid)
      say(`${label} is running again`)
    } catch (error) {
      this.failure = `${label} does not start: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}
