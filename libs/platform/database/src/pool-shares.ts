import { currentCall } from '@kilomega/ports'
import { databaseErrors } from './database-errors.js'
import type { DatabaseConfig } from './database.config.js'
import { Places } from './places.js'

/** A share of this size is reserved for the reads of requests, and another for their writes: 5 of 20 each. Reports together get no more than one. */
const keptPart = 1 / 4
/** The limit for background work, so that requests find the rest of both shares free. */
const backgroundPart = 1 / 2
/**
 * The limit for the writes of one module, because what they wait for is mostly a row of that module: 10 of 20. The module's own background work has a limit
 * of the same size, so that its events and jobs go on.
 */
const modulePart = 1 / 2
/** In milliseconds. A caller that gets no place is refused this long before its deadline: later it would no longer receive the answer. */
const refuseAheadMs = 50

/**
 * How many connections each kind of work may use at a time. Writes that wait for a locked row hold their connections meanwhile, as reports and jobs do for seconds, so
 * without these limits one row or one report could stop everything else. Background work, of which nobody waits for the answer, gets what requests leave. A pool of
 * fewer than 4 is too small to divide.
 */
export class PoolShares {
  /** For everything but the reads of requests, and for everything but their writes. */
  private readonly besideReads: Places
  private readonly besideWrites: Places
  private readonly ofBackground: Places
  private readonly reports: Places
  private readonly writesOf = new Map<string, Places>()

  constructor(private readonly config: DatabaseConfig) {
    this.besideReads = new Places(this.without(keptPart))
    this.besideWrites = new Places(this.without(keptPart))
    this.ofBackground = new Places(this.without(1 - backgroundPart))
    this.reports = new Places(this.without(1 - keptPart))
  }

  get waiting(): number {
    return [this.besideReads, this.besideWrites, this.ofBackground, this.reports, ...this.writesOf.values()].reduce(
      (sum, { waiting }) => sum + waiting,
      0,
    )
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    const untilMs = this.untilMs()
    return isBackground() ? this.background(work, untilMs) : this.besideWrites.during(work, untilMs, refusal)
  }

  report<T>(work: () => Promise<T>): Promise<T> {
    const untilMs = this.untilMs()
    return this.reports.during(() => this.background(work, untilMs), untilMs, refusal)
  }

  write<T>(schema: string, work: () => Promise<T>): Promise<T> {
    const untilMs = this.untilMs()
    const inShare = () => (isBackground() ? this.background(work, untilMs) : this.besideReads.during(work, untilMs, refusal))
    return this.ofModule(schema).during(inShare, untilMs, refusal)
  }

  private background<T>(work: () => Promise<T>, untilMs: number): Promise<T> {
    const inBoth = () => this.besideReads.during(() => this.besideWrites.during(work, untilMs, refusal), untilMs, refusal)
    return this.ofBackground.during(inBoth, untilMs, refusal)
  }

  private ofModule(schema: string): Places {
    const owner = isBackground() ? `${schema} itself` : schema
    let places = this.writesOf.get(owner)
    if (places === undefined) this.writesOf.set(owner, (places = new Places(this.without(modulePart))))
    return places
  }

  private without(part: number): number {
    const { poolSize } = this.config
    const kept = Math.floor(poolSize * keptPart) === 0 ? 0 : Math.floor(poolSize * part)
    return kept === 0 ? Infinity : poolSize - kept
  }

  private untilMs(): number {
    return Math.min(performance.now() + this.config.connectTimeoutMs, currentCall().deadlineMs - refuseAheadMs)
  }
}

/** Jobs, events and what the platform does by itself. */
const isBackground = (): boolean => currentCall().actor.kind === 'system'

const refusal = (): Error => databaseErrors.POOL_SATURATED({ retryAfterS: 1 })
