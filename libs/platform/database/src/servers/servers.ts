import type { Counter, Metrics, Signals } from '@kilomega/observability'
import type { Secret } from '@kilomega/config'
import { type CurrentCall, nothingWritten, onlyPrimary, portErrors } from '@kilomega/ports'
import type { DatabaseConfig } from '../database.config.js'
import { timelineOf } from '../freshness.js'
import { type PoolPlace, PostgresPool } from '../postgres-pool.js'
import { measureServers } from './measure-servers.js'
import { ReplicaRotation } from './replica-rotation.js'
import { Server } from './server.js'
import { type Lookup, replicaUrls } from './replica-names.js'

/**
 * A primary that is silent for longer, and to more than one question, gets no more work until it answers, and what waits for it is given up. Before, work waits for it as
 * usual: a process that was busy itself may have missed an answer.
 */
const goneAfterMs = 900
const goneAfterMissed = 2
/** In milliseconds: how soon a replica is found that a name of `DATABASE_REPLICAS` has got. */
const lookAgainMs = 5_000

/**
 * The servers of one database: which is the primary, and which replica may answer a read. A single server is not asked anything. With replicas each server
 * says four times a second what it is and how far in the log, so that a promoted one is found without a restart.
 */
export class Servers {
  all: readonly Server[]
  readonly hasReplicas: boolean
  readonly rotation: ReplicaRotation
  private writing: Server
  /** The newest timeline on which a server took writes. */
  private timeline = ''
  private isOpen = false
  private readonly followers: (() => void)[] = []
  private readonly refused = new Set<Server>()
  private readonly reads: Counter

  private looking: NodeJS.Timeout | undefined

  constructor(
    private readonly config: DatabaseConfig,
    private readonly signals: Signals,
    metrics: Metrics,
    private readonly addressesOf?: Lookup,
  ) {
    this.hasReplicas = config.replicas !== undefined
    this.all = [this.serverAt(config.url, { url: config.poolerUrl ?? config.url, isPooler: config.poolerUrl !== undefined })]
    this.rotation = new ReplicaRotation(config.replicaMaxLagMs, signals)
    this.writing = this.all[0]!
    this.reads = metrics.counter('database_reads_total', 'Reads that a replica may answer, by the server that was chosen', ['server'])
    measureServers(this, config, metrics)
  }

  /** Resolves when each server has answered or failed to: a process starts without replicas too. Rejects only if a pooler is set up wrongly. */
  async open(): Promise<void> {
    await Promise.all(this.all.map(({ pool }) => pool.open()))
    if (!this.hasReplicas) return
    await Promise.all([this.writing.watch.start(), this.look()])
    this.isOpen = true
    this.judge()
  }

  async close(): Promise<void> {
    clearTimeout(this.looking)
    for (const { watch } of this.all) watch.close()
    await Promise.all(this.all.map(({ pool }) => pool.end()))
  }

  /** Throws if no server answers. */
  check(): void {
    if (!this.all.some(({ state }) => state.isUp)) throw new Error('no server of the database answers')
  }

  /** For connections that stay open beside the pools. They ask again whenever they connect. */
  get primaryUrl(): Secret {
    return this.writing.url
  }

  /** Calls `follow` whenever another server has become the primary: the old one may go on answering. */
  onPrimaryChange(follow: () => void): void {
    this.followers.push(follow)
  }

  isPrimary = (server: Server): boolean => server === this.writing

  /** Where writes go. Throws if it is known that no server takes them. */
  get primary(): Server {
    if (this.isOpen && isGone(this.writing)) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'database' })
    return this.writing
  }

  /** Where this call may read: a replica that is fresh enough for it, else the primary. */
  async forReading({ reads, freshness }: CurrentCall): Promise<Server> {
    if (!this.isOpen || reads === 'primary') return this.primary
    const replica = await this.rotation.choose(reads === 'any' && freshness !== onlyPrimary ? nothingWritten : freshness)
    this.reads.add(1, replica === undefined ? 'primary' : 'replica')
    return replica ?? this.primary
  }

  /** Takes in the replicas that are found at the names now, and leaves those that are not. The primary stays, wherever it was found. */
  private async look(): Promise<void> {
    const urls = await replicaUrls(this.config.replicas, this.addressesOf)
    const wanted = new Set(urls.map((url) => url.reveal()))
    const stays = (server: Server): boolean => server === this.writing || wanted.has(server.url.reveal())
    const [first, ...replicas] = this.all
    const [kept, gone] = [replicas.filter(stays), replicas.filter((server) => !stays(server))]
    const known = new Set(kept.map(({ url }) => url.reveal()))
    const found = urls.filter((url) => !known.has(url.reveal())).map((url) => this.serverAt(url, { url, isPooler: false }))
    this.all = [first!, ...kept, ...found]
    for (const server of gone) this.leave(server)
    await Promise.all(found.map(({ watch }) => watch.start()))
    this.looking = setTimeout(() => void this.look(), lookAgainMs).unref()
  }

  private serverAt(url: Secret, pool: PoolPlace): Server {
    return new Server(url, new PostgresPool(pool, this.config, this.signals), () => this.judge())
  }

  private leave(server: Server): void {
    server.watch.close()
    this.rotation.leave(server)
    void server.pool.end()
  }

  /** After each answer of a server. */
  private judge(): void {
    if (!this.isOpen) return
    for (const server of this.all) {
      if (server.state.isUp && !server.state.isReplica) this.weigh(server)
      this.rotation.judge(server)
    }
    const { isUp, freshness, atMs } = this.writing.state
    if (isUp) this.rotation.log.note(freshness, atMs)
    else if (isGone(this.writing)) this.writing.cutOff()
  }

  /** A server that takes writes on a newer timeline was promoted. Another one has come back without knowing: what it took would be lost. */
  private weigh(server: Server): void {
    const timeline = timelineOf(server.state.freshness)
    if (timeline > this.timeline) {
      this.timeline = timeline
      this.refused.clear()
      this.promote(server)
    } else if (server !== this.writing && !this.refused.has(server)) {
      this.refused.add(server)
      this.signals.emit('database.stale-primary-refused', { server: server.name, primary: this.writing.name })
    }
  }

  private promote(server: Server): void {
    const before = this.writing
    if (server === before) return
    this.writing = server
    before.cutOff()
    this.signals.emit('database.primary-changed', { from: before.name, to: server.name })
    for (const follow of this.followers) follow()
  }
}

/** Whether it is known that it takes no writes. */
const isGone = ({ state: { isUp, isReplica, upAtMs, missed } }: Server): boolean =>
  isUp ? isReplica : missed >= goneAfterMissed && performance.now() - upAtMs > goneAfterMs
