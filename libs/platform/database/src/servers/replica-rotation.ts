import { setTimeout as wait } from 'node:timers/promises'
import type { Signals } from '@kilomega/observability'
import { isReached, timelineOf } from '../freshness.js'
import { PrimaryLog } from './primary-log.js'
import type { Server } from './server.js'

/** In milliseconds: how long a reader waits for a replica that is nearly there, instead of going to the primary. */
const nearlyThereMs = 100
/** In milliseconds, before the second question to a replica that is nearly there: replaying a small write takes about one. */
const firstPauseMs = 1

/** The replicas that answer reads, each in its turn. One that is down or too far behind is left out until it is back. */
export class ReplicaRotation {
  readonly log = new PrimaryLog()
  private readonly usable = new Set<Server>()
  private turn = 0

  constructor(
    private readonly maxLagMs: number,
    private readonly signals: Signals,
  ) {}

  /** After each answer of a server. */
  judge(server: Server): void {
    const { isUp, isReplica, freshness } = server.state
    const lagMs = this.lagMs(freshness)
    if (isUp && isReplica && lagMs <= this.maxLagMs) return this.use(server)
    if (!this.usable.delete(server)) return
    if (!isUp) server.cutOff()
    this.signals.emit('database.replica-left-out', { server: server.name, ...(isUp ? { lagMs: Math.round(lagMs) } : { down: true }) })
  }

  /** It is none of the replicas any more. */
  leave(server: Server): void {
    if (this.usable.delete(server)) this.signals.emit('database.replica-left-out', { server: server.name, gone: true })
  }

  has(server: Server): boolean {
    return this.usable.has(server)
  }

  /** A replica with everything that is needed; undefined if there is none, and none will be in a moment. */
  async choose(needed: string): Promise<Server | undefined> {
    return this.fresh(needed) ?? (await this.nearlyFresh(needed))
  }

  lagMs(freshness: string): number {
    return this.log.lagMs(freshness, performance.now())
  }

  private use(server: Server): void {
    if (this.usable.has(server)) return
    this.usable.add(server)
    this.signals.emit('database.replica-used', { server: server.name })
  }

  private fresh(needed: string): Server | undefined {
    const fresh = [...this.usable].filter(({ state }) => isReached(state.freshness, needed))
    this.turn += 1
    return fresh[this.turn % fresh.length]
  }

  /** Asks the replicas that lag by milliseconds. One that lags by more is not worth the wait. */
  private async nearlyFresh(needed: string): Promise<Server | undefined> {
    const untilMs = performance.now() + nearlyThereMs
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      const near = [...this.usable].filter(
        ({ state }) => timelineOf(state.freshness) === timelineOf(needed) && this.lagMs(state.freshness) < nearlyThereMs,
      )
      if (near.length === 0) return undefined
      await Promise.all(near.map(({ watch }) => watch.ask()))
      const fresh = this.fresh(needed)
      if (fresh !== undefined || performance.now() + pauseMs > untilMs) return fresh
      await wait(pauseMs)
    }
  }
}
