import { currentCall } from '@kilomega/ports'
import { databaseErrors } from './database-errors.js'
import type { DatabaseConfig } from './database.config.js'
import { Places } from './places.js'

/** A share of this size is reserved for reads, and another for writes: 5 of 20 each. */
const keptPart = 1 / 4
/**
 * The limit for the writes of one module, because what they wait for is mostly a row of that module: 10 of 20. The module's own background work has a limit
 * of the same size, so that its events and jobs go on.
 */
const modulePart = 1 / 2
/** In milliseconds. A caller that gets no place is refused this long before its deadline: later it would no longer receive the answer. */
const refuseAheadMs = 50

/**
 * How many connections each kind of work may use at a time. Writes that wait for a locked row hold their connections meanwhile, so without these limits one
 * row could stop everything else. A pool of fewer than 4 is too small to divide.
 */
export class PoolShares {
  private readonly reads: Places
  private readonly writes: Places
  private readonly writesOf = new Map<string, Places>()

  constructor(private readonly config: DatabaseConfig) {
    this.reads = new Places(this.without(keptPart))
    this.writes = new Places(this.without(keptPart))
  }

  get waiting(): number {
    return [this.reads, this.writes, ...this.writesOf.values()].reduce((sum, { waiting }) => sum + waiting, 0)
  }

  read<T>(work: () => Promise<T>): Promise<T> {
    return this.reads.during(work, this.untilMs(), refusal)
  }

  write<T>(schema: string, work: () => Promise<T>): Promise<T> {
    const untilMs = this.untilMs()
    return this.ofModule(schema).during(() => this.writes.during(work, untilMs, refusal), untilMs, refusal)
  }

  private ofModule(schema: string): Places {
    const owner = currentCall().actor.kind === 'system' ? `${schema} itself` : schema
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

const refusal = (): Error => databaseErrors.POOL_SATURATED({ retryAfterS: 1 })
