import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@kilomega/config'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'
import { ensureDatabase, urlOf } from './first-connection.js'
import { releaseFolder, claimFolder } from './folder-owner.js'
import { freePort } from './free-port.js'
import { postgresBinaries } from './postgres-binaries.js'
import { type Cluster, openCluster } from './postgres-cluster.js'
import { postgresArguments } from './postgres-settings.js'
import { runsIn } from './postmaster.js'
import { reachableFolder, removeFolder } from './reachable-folder.js'
import { makeReplicaFolder } from './replica-folder.js'
import { launchServer } from './server-process.js'
import { folderProblem } from './start-problem.js'
import { stopServer } from './stop-server.js'

export interface EmbeddedPostgresOptions {
  /** Holds data, password and log; created if missing. Below a home directory that the server's account cannot enter, it becomes a link into /var/lib/kilomega. */
  folder: string
  /** 0 picks any free port. */
  port: number
  /** Created if missing. */
  database?: string
  /** If false, a crash of the machine destroys the data. For tests: it makes them several times faster. */
  durable?: boolean
}

const anyPortTries = 5

/**
 * A real PostgreSQL 18 from npm, without Docker and without installation: 127.0.0.1 only, password required. It keeps running when the process that started
 * it is killed with SIGKILL. The next start in the same folder replaces it.
 */
export class EmbeddedPostgres {
  private constructor(
    readonly folder: string,
    readonly data: string,
    readonly port: number,
    readonly pid: number,
    /** Connection string with the password. */
    readonly url: Secret,
  ) {}

  /** Resolves when the server accepts connections. Rejects with an `EmbeddedPostgresError` whose message is one line for a person. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    try {
      const home = reachableFolder(options.folder)
      claimFolder(home)
      return await EmbeddedPostgres.startIn(home, options)
    } catch (error) {
      throw folderProblem(error, options.folder)
    }
  }

  /** Stops a server that a dead process left running in a folder, and deletes the folder with all its data. Refuses while another process uses the folder. */
  static async remove(folder: string): Promise<void> {
    if (!existsSync(folder)) return removeFolder(folder)
    const home = reachableFolder(folder)
    claimFolder(home)
    await stopServer(join(home, 'data'))
    removeFolder(folder)
  }

  /** Ends all sessions, writes a checkpoint and waits until the process has exited. */
  async stop(): Promise<void> {
    await stopServer(this.data)
    releaseFolder(this.folder)
  }

  /** Starts a streaming replica of this server, which goes on running, in another folder. The first start copies the data. */
  async startReplica({ folder, port }: Pick<EmbeddedPostgresOptions, 'folder' | 'port'>): Promise<EmbeddedPostgres> {
    await makeReplicaFolder(this, folder)
    return EmbeddedPostgres.start({ folder, port, database: new URL(this.url.reveal()).pathname.slice(1) })
  }

  /** False if the server has died. */
  isRunning(): boolean {
    return runsIn(this.data, this.pid)
  }

  private static async startIn(home: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const { port, database = 'kilomega', durable = true } = options
    try {
      const binaries = postgresBinaries()
      const cluster = await openCluster(home, binaries, durable)
      await stopServer(cluster.data)
      const launch = { ...cluster, postgres: binaries.postgres, log: join(home, 'log'), durable }
      const { pid, port: taken } = port === 0 ? await onAnyPort(launch) : await onPort(launch, port)
      const address = { port: taken, password: cluster.password, database }
      await ensureDatabase(address)
      return new EmbeddedPostgres(home, cluster.data, taken, pid, new Secret(urlOf(address)))
    } catch (error) {
      await stopServer(join(home, 'data'))
      releaseFolder(home)
      throw error
    }
  }
}

interface ServerLaunch extends Cluster {
  postgres: string
  log: string
  durable: boolean
}

async function onPort(launch: ServerLaunch, port: number): Promise<{ pid: number; port: number }> {
  const server = await launchServer({ ...launch, port, parameters: postgresArguments(port, launch.durable) })
  return { pid: server.pid!, port }
}

async function onAnyPort(launch: ServerLaunch): Promise<{ pid: number; port: number }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await onPort(launch, await freePort())
    } catch (error) {
      const raced = error instanceof EmbeddedPostgresError && error.problem === 'PORT_TAKEN'
      if (!raced || tries === anyPortTries) throw error
    }
  }
}
