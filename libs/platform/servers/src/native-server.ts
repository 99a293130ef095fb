import { mkdirSync, realpathSync } from 'node:fs'
import { prepareContainer } from './docker.js'
import { findServer, type ServerPlace } from './find-server.js'
import { freePort } from './free-port.js'
import { missing } from './install-server.js'
import type { ServerName } from './known-servers.js'
import { ServerError } from './server-error.js'
import { freeFolder, releaseFolder, claimFolder } from './server-folder.js'
import { type Launch, ServerProcess } from './server-process.js'

export type ServerProgram = Exclude<ServerPlace, { place: 'nowhere' }>

export interface ServerStart {
  name: ServerName
  folder: string
  /** 0 picks any free port. */
  port: number
  /** The answer of `findServer`; looked up again if omitted. */
  place?: ServerPlace | undefined
}

/** One attempt: how to start the program there, and how to wait for its first answer. A failure rejects with a `ServerError`. */
export type Attempt = (at: { program: ServerProgram; folder: string; port: number }) => {
  launch: Launch
  /** Resolves with the version once the server answers. */
  answer: (process: ServerProcess) => Promise<string>
}

interface Started {
  folder: string
  process: ServerProcess
  port: number
  version: string
}

const anyPortTries = 5
const stopsWithinMs = 10_000

/**
 * A real server on 127.0.0.1 with its data in a folder. It keeps running when the process that started it is killed with SIGKILL. The next start in the same
 * folder replaces it.
 */
export abstract class NativeServer {
  private readonly folder: string
  private readonly process: ServerProcess
  readonly port: number
  /** `2.15.2` */
  readonly version: string

  protected constructor({ folder, process, port, version }: Started) {
    this.folder = folder
    this.process = process
    this.port = port
    this.version = version
  }

  /** The pid of the server, or of the Docker client that runs it. */
  get pid(): number {
    return this.process.pid
  }

  /** False if the server has died. A paused one counts as running. */
  isRunning(): boolean {
    return this.process.isRunning()
  }

  /** Stops it in order: clients are notified, the store is written. Also stops a paused server. Does nothing if it has ended. */
  async stop(): Promise<void> {
    this.process.signal('SIGTERM')
    this.process.signal('SIGCONT')
    if (!(await this.process.ends(stopsWithinMs))) return this.kill()
    releaseFolder(this.folder)
  }

  /**
   * Stops it at once, as a crash of the process would. Data handed to the operating system is still there at the next start; after a crash of the machine it
   * may not be.
   */
  async kill(): Promise<void> {
    this.process.signal('SIGKILL')
    await this.process.ends(stopsWithinMs)
    releaseFolder(this.folder)
  }

  /** Connections stay open but get no answer, as with a machine that hangs. Resolves when the pause has taken effect. */
  async pause(): Promise<void> {
    await this.process.pause()
  }

  resume(): void {
    this.process.signal('SIGCONT')
  }
}

/** Rejects with a `ServerError` that contains the server's last output. */
export async function startServer({ name, folder, port, place }: ServerStart, attempt: Attempt): Promise<Started> {
  const program = programAt(name, place ?? (await findServer(name)))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const real = realpathSync(folder)
  await freeFolder(real)
  if (program.place === 'docker') prepareContainer(program.program, program.image, real)
  if (port !== 0) return startOn(real, port, attempt({ program, folder: real, port }))
  for (let tries = 1; ; tries += 1) {
    const free = await freePort()
    try {
      return await startOn(real, free, attempt({ program, folder: real, port: free }))
    } catch (error) {
      const raced = error instanceof ServerError && error.problem === 'PORT_TAKEN'
      if (!raced || tries === anyPortTries) throw error
    }
  }
}

async function startOn(folder: string, port: number, { launch, answer }: ReturnType<Attempt>): Promise<Started> {
  const process = ServerProcess.start(launch)
  if (process.isRunning()) claimFolder(folder, process.pid)
  try {
    return { folder, process, port, version: await answer(process) }
  } catch (error) {
    process.signal('SIGKILL')
    await process.ends(stopsWithinMs)
    releaseFolder(folder)
    throw error
  }
}

function programAt(name: ServerName, place: ServerPlace): ServerProgram {
  if (place.place === 'nowhere') throw missing(name, place.install)
  return place
}
