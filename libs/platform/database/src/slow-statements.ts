import type { Secret } from '@kilomega/config'
import type { Signals } from '@kilomega/observability'
import { currentCall } from '@kilomega/ports'
import { currentCaller } from './caller.js'
import { explain } from './explain.js'
import type { Statement } from './statements.js'

export interface SlowStatementOptions {
  /** Where plans are read. */
  url: () => Secret
  limitMs: number
  signals: Signals
}

/** In milliseconds: a plan is requested at most this often for the same text. */
const planEveryMs = 60_000
/** More than the number of different statements in any program; above it, the memory is cleared. */
const rememberedTexts = 1_000
/** In an overload every statement is slow, and more lines per second than this help nobody. The next line gives the number that were left out. */
const reportsPerSecond = 10

/** Reports statements that took longer than the limit: what they were sent for, by which code, and the server's plan for the same parameters. */
export class SlowStatements {
  readonly limitMs: number
  private readonly plannedMs = new Map<string, number>()
  private planning: Promise<void> = Promise.resolve()
  private second = 0
  private reported = 0
  private suppressed = 0

  constructor(private readonly options: SlowStatementOptions) {
    this.limitMs = options.limitMs
  }

  /** To be called by the function that awaited the statement, in the context of its call. */
  report(statement: Statement, durationMs: number): void {
    if (!this.mayReport()) return
    const fields = {
      schema: statement.schema,
      ...senderOf(),
      sql: statement.sql,
      durationMs: Math.round(durationMs),
      ...(this.suppressed > 0 && { suppressed: this.suppressed }),
    }
    this.suppressed = 0
    if (!this.wantsPlan(statement.sql)) return this.options.signals.emit('database.slow-statement', fields)
    // One plan at a time: plans are requested when the server is already busy.
    this.planning = this.planning.then(async () => {
      const plan = await explain(this.options.url(), statement)
      this.options.signals.emit('database.slow-statement', plan === undefined ? fields : { ...fields, plan })
    })
  }

  /** Resolves when all reports have been written. */
  async end(): Promise<void> {
    await this.planning
  }

  private mayReport(): boolean {
    const second = Math.floor(performance.now() / 1_000)
    if (second !== this.second) [this.second, this.reported] = [second, 0]
    if (this.reported === reportsPerSecond) {
      this.suppressed += 1
      return false
    }
    this.reported += 1
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

/** `route` is the request, the job or the event for which it was sent; `operation` that of the port. */
function senderOf(): { route?: string; operation?: string; caller?: string } {
  const { origin, command } = currentCall()
  const caller = currentCaller()
  return { ...(origin && { route: origin.name }), ...(command && { operation: command.name }), ...(caller !== undefined && { caller }) }
}
