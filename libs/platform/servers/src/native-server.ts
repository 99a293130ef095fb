import { mkdirSync, realpathSync } from 'node:fs'
import { prepareContainer } from './docker.js'
import { findServer, type ServerPlace } from './find-server.js'
import { freePort } from './free-port.js'
import { missing } from './install-server.js'
import type { ServerName } from './known-servers.js'
import { ServerError } from './server-error.js'
import { freeFolder, leaveFolder, takeFolder } from './server-folder.js'
import { type Launch, ServerProcess } from './server-process.js'

export type ServerProgram = Exclude<ServerPlace, { place: 'nowhere' }>

export interface ServerStart {
  name: ServerName
  folder: string
  /** 0 takes any free port. */
  port: number
  /** What `findServer` answered; asked anew when absent. */
  place?: ServerPlace | undefined
}

/** One attempt: how the program is started there, and how it shows that it answers; that rejects with a `ServerError`. */
export type Attempt = (at: { program: ServerProgram; folder: string; port: number }) => {
  launch: Launch
  /** The version, once the server answers. */
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

/** A real server on 127.0.0.1 with its data in a folder. It survives its starter's death by SIGKILL, and the next start in the same folder takes its place. */
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

  /** Ends it at once, as a crash of the process does. What reached the system is still there at the next start; a crash of the machine is another matter. */
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
}

/** Rejects with a `ServerError` that has the server's last words. */
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
  if (process.isRunning()) takeFolder(folder, process.pid)
  try {
    return { folder, process, port, version: await answer(process) }
  } catch (error) {
    process.signal('SIGKILL')
    await process.ends(stopsWithinMs)
    leaveFolder(folder)
    throw error
  }
}

function programAt(name: ServerName, place: ServerPlace): ServerProgram {
  if (place.place === 'nowhere') throw missing(name, place.install)
  return place
}
