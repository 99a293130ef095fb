import { EmbeddedPostgres, type KeepingHooks, KeptPostgres, makeReplicaFolder, streams } from '@kilomega/database'
import { durationText } from '../terminal/duration.js'
import { logOf, postgresFolder } from './paths.js'
import { removePidFile, writePidFile } from './pid-file.js'
import { primaryName, setPrimaryName } from './primary-name.js'
import type { Screen } from './screen.js'
import { usualPort } from './usual-port.js'

const firstPort = 54_320
/** A replica that receives no log after this long, in milliseconds, was away for more of it than its primary keeps: it is copied again. */
const streamsWithinMs = 10_000

/** Our own PostgreSQL: a primary, and beside it any number of streaming replicas. Each server is restarted when it has ended, which is shown on the screen. */
export class LocalDatabase {
  readonly servers = new Map<string, KeptPostgres>()
  private primaryIs = primaryName()

  /** `onGivingUp` is called when a server has failed too often. */
  constructor(
    private readonly screen: Screen,
    private readonly onGivingUp: (reason: string) => void,
  ) {}

  get primaryName(): string {
    return this.primaryIs
  }

  get primary(): KeptPostgres {
    return this.servers.get(this.primaryIs)!
  }

  /** The connection string of the primary. */
  get url(): string {
    return this.primary.url.reveal()
  }

  /** Of the replicas, separated by spaces. */
  get replicas(): string {
    return this.replicaNames.map((name) => this.servers.get(name)!.url.reveal()).join(' ')
  }

  get replicaNames(): string[] {
    return [...this.servers.keys()].filter((name) => name !== this.primaryIs).sort()
  }

  async start(port: number | undefined): Promise<void> {
    await this.screen.during('Starting PostgreSQL', this.startServer(this.primaryIs, await usualPort(port, firstPort)))
  }

  /** Their first start copies the primary. */
  async startReplicas(count: number): Promise<void> {
    const names = Array.from({ length: count + 1 }, (_, index) => (index === 0 ? 'postgres' : `postgres-${index + 1}`))
    const replicas = names.filter((name) => name !== this.primaryIs).slice(0, count)
    const starting = replicas.map(async (name) => this.startReplica(name, await usualPort(undefined, firstPort + 1 + names.indexOf(name))))
    if (count > 0) await this.screen.during(`Starting ${count === 1 ? 'a replica' : `${count} replicas`}`, Promise.all(starting))
  }

  async startReplica(name: string, port: number): Promise<void> {
    await makeReplicaFolder(this.primary, postgresFolder(name))
    await this.startServer(name, port)
    if (await streams(this.servers.get(name)!.url, streamsWithinMs)) return
    await this.stopServer(name)
    await EmbeddedPostgres.remove(postgresFolder(name))
    await makeReplicaFolder(this.primary, postgresFolder(name))
    await this.startServer(name, port)
  }

  /** From now on this server is the primary, here and at the next start. */
  notePrimary(name: string): void {
    setPrimaryName(name)
    this.primaryIs = name
  }

  /** All at once: the primary waits until its replicas have received its log. */
  async stop(): Promise<void> {
    await Promise.all([...this.servers.keys()].map((name) => this.stopServer(name)))
  }

  async stopServer(name: string): Promise<void> {
    await this.servers.get(name)?.stop()
    this.servers.delete(name)
    removePidFile(name)
  }

  async startServer(name: string, port: number): Promise<void> {
    const server = await KeptPostgres.start({ folder: postgresFolder(name), port }, this.hooks(name))
    this.servers.set(name, server)
    writePidFile(name, server.pid)
  }

  private hooks(name: string): KeepingHooks {
    const [label, log] = [name.replace('postgres', 'PostgreSQL'), `its log is ${logOf(name)}`]
    return {
      onEnd: () => this.screen.error(`${label} has ended; it is started again (${log})`),
      onFailure: (reason, againInMs) =>
        this.screen.error(`${label} does not start: ${reason}. It is tried again in ${durationText(againInMs)} (${log})`),
      onReturn: () => {
        writePidFile(name, this.servers.get(name)!.pid)
        this.screen.line(`${label} is running again`)
      },
      onGivingUp: (reason) => this.onGivingUp(`${label} is given up: ${reason} (${log})`),
    }
  }
}
