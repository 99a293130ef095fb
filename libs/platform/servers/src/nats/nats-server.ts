import { randomBytes } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { prepareContainer } from '../docker.js'
import { findServer, type ServerPlace } from '../find-server.js'
import { freePort } from '../free-port.js'
import { missing } from '../install-server.js'
import { ServerError } from '../server-error.js'
import { freeFolder, leaveFolder, takeFolder } from '../server-folder.js'
import { ServerProcess } from '../server-process.js'
import { answerOf } from './nats-answer.js'
import { natsLaunch, type NatsProgram, type NatsStart } from './nats-launch.js'

export interface NatsServerOptions {
  /** Holds JetStream's store, the configuration, `log` and `pid`; made when absent. A later start there finds the streams again. */
  folder: string
  /** 0 takes any free port. */
  port: number
  /** In nats-server's own language: users, permissions, limits. Without it everybody on this machine may do everything. */
  configuration?: string | undefined
  /** What `findServer('nats-server')` answered; asked anew when absent. */
  place?: ServerPlace
}

const anyPortTries = 5
const stopsWithinMs = 10_000

/**
 * A real nats-server with JetStream on 127.0.0.1, which keeps its data in a folder. Its monitoring port stays closed unless the configuration opens
 * it. It survives its starter's death by SIGKILL, and the next start in the same folder takes its place.
 */
export class NatsServer {
  private constructor(
    private readonly folder: string,
    private readonly process: ServerProcess,
    readonly port: number,
    /** `2.15.2` */
    readonly version: string,
  ) {}

  /** Resolves when the server answers (at most 10 s). Rejects with a `ServerError` that has the server's last words. */
  static async start(options: NatsServerOptions): Promise<NatsServer> {
    const program = programAt(options.place ?? (await findServer('nats-server')))
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    const start = { folder: realpathSync(options.folder), configuration: options.configuration }
    await freeFolder(start.folder)
    if (program.place === 'docker') prepareContainer(program.program, program.image, start.folder)
    if (options.port !== 0) return NatsServer.startOn(program, { ...start, port: options.port })
    for (let tries = 1; ; tries += 1) {
      try {
        return await NatsServer.startOn(program, { ...start, port: await freePort() })
      } catch (error) {
        const raced = error instanceof ServerError && error.problem === 'PORT_TAKEN'
        if (!raced || tries === anyPortTries) throw error
      }
    }
  }

  /** Without user and password. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  /** Of the server, or of the Docker client that stands for it. */
  get pid(): number {
    return this.process.pid
  }

  /** False when the server has died under us. A paused one runs. */
  isRunning(): boolean {
    return this.process.isRunning()
  }

  /** Ends it in order: clients are told, the store is written. Also ends a paused one. Does nothing to one that has ended. */
  async stop(): Promise<void> {
    this.process.signal('SIGTERM')
    this.process.signal('SIGCONT')
    if (!(await this.process.ends(stopsWithinMs))) return this.kill()
    leaveFolder(this.folder)
  }

  /** Ends it at once, as a crash of the process does. What it had acknowledged is still there at the next start; a crash of the machine is another matter. */
  async kill(): Promise<void> {
    this.process.signal('SIGKILL')
    await this.process.ends(stopsWithinMs)
    leaveFolder(this.folder)
  }

  /** Connections stay open and nothing is answered, as with a machine that hangs. Resolves when that is so. */
  async pause(): Promise<void> {
    await this.process.pause()
  }

  resume(): void {
    this.process.signal('SIGCONT')
  }

  private static async startOn(program: NatsProgram, start: Omit<NatsStart, 'name'>): Promise<NatsServer> {
    const name = `kilomega-${randomBytes(6).toString('hex')}`
    const launch = natsLaunch(program, { ...start, name })
    const process = ServerProcess.start(launch)
    if (process.isRunning()) takeFolder(start.folder, process.pid)
    try {
      const { version } = await answerOf(process, { name, port: start.port, folder: start.folder })
      return new NatsServer(start.folder, process, start.port, version)
    } catch (error) {
      process.signal('SIGKILL')
      await process.ends(stopsWithinMs)
      leaveFolder(start.folder)
      throw error
    }
  }
}

function programAt(place: ServerPlace): NatsProgram {
  if (place.place === 'nowhere') throw missing('nats-server', place.install)
  return place
}
