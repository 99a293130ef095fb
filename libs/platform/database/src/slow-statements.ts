import type { Secret } from '@kilomega/config'
import type { Signals } from '@kilomega/observability'
import { explain } from './explain.js'
import type { Statement } from './statements.js'

export interface SlowStatementOptions {
  url: Secret
  limitMs: number
  signals: Signals
}

/** A plan is asked for at most this often for the same text, milliseconds. */
const planEveryMs = 60_000
/** Above any program's number of different statements; beyond it, remembering begins anew. */
const rememberedTexts = 1_000
/** In an overload every statement is slow. More lines than this in a second help nobody; how many were left out is told with the next. */
const toldPerSecond = 10

/** Tells of statements that took longer than the limit, with the plan that the server makes for the same parameters. */
export class SlowStatements {
  readonly limitMs: number
  private readonly plannedMs = new Map<string, number>()
  private planning: Promise<void> = Promise.resolve()
  private second = 0
  private told = 0
  private untold = 0

  constructor(private readonly options: SlowStatementOptions) {
    this.limitMs = options.limitMs
  }

  tell(statement: Statement, durationMs: number): void {
    if (!this.mayTell()) return
    const fields = {
      schema: statement.schema,
      sql: statement.sql,
      durationMs: Math.round(durationMs),
      ...(this.untold > 0 && { untold: this.untold }),
    }
    this.untold = 0
    if (!this.wantsPlan(statement.sql)) return this.options.signals.emit('database.slow-statement', fields)
    // One plan at a time: they are asked for when the server is busy already.
    this.planning = this.planning.then(async () => {
      const plan = await explain(this.options.url, statement)
      this.options.signals.emit('database.slow-statement', plan === undefined ? fields : { ...fields, plan })
    })
  }

  /** Resolves when all that was told has been written. */
  async end(): Promise<void> {
    await this.planning
  }

  private mayTell(): boolean {
    const second = Math.floor(performance.now() / 1_000)
    if (second !== this.second) [this.second, this.told] = [second, 0]
    if (this.told === toldPerSecond) {
      this.untold += 1
      return false
    }
    this.told += 1
    return true
  }

  private wantsPlan(sql: string): boolean {
    const nowMs = performance.now()
    const lastMs = this.plannedMs.get(sql)
    if (lastMs !== undefined && nowMs - lastMs < planEveryMs) return false
    if (this.plannedMs.size >= rememberedTexts) this.plannedMs.clear()
    this.plannedMs.set(sql, nowMs)
    return true
  }
}
