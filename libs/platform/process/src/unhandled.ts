import { Databases } from '@kilomega/database'
import { inSchema, Ledgers } from '@kilomega/messaging'
import { Health, Signals } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { silentAfterMs } from './presence.js'

/** Time in milliseconds within which all processes of a shape start: names without a process are not reported before. */
const firstCheckMs = 10_000
const checkTimeoutMs = 5_000

const registered = 'SELECT DISTINCT name FROM {schema}.subscriber'
/** A process of an older version does not list what it handles, so it may handle anything. */
const living = `
  SELECT coalesce(bool_or(handles IS NULL), false) AS unsure, coalesce(array_agg(DISTINCT handled) FILTER (WHERE handled IS NOT NULL), '{}') AS handled
  FROM platform.process LEFT JOIN LATERAL unnest(handles) AS handled ON true
  WHERE seen_at > now() - $1 * interval '1 ms'`

const ownCall = (): CurrentCall =>
  new CurrentCall({ actor: system, trace: { requestId: 'unhandled' }, deadlineMs: performance.now() + checkTimeoutMs })

/**
 * Finds the subscribers and kinds of jobs for which no running process has the code and active workers: a module that is missing in the worker, a remote port
 * without its service, workers that are off everywhere. Canaries find the same later, and also processes that are running and do not answer.
 */
@Injectable()
export class Unhandled implements BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private isEarly = true

  constructor(
    private readonly databases: Databases,
    private readonly ledgers: Ledgers,
    private readonly health: Health,
    private readonly signals: Signals,
  ) {}

  /** Registers a check of this process and emits a signal, both after the other processes have had time to start. */
  watch(waitMs = firstCheckMs): void {
    this.health.register({ name: 'handlers', required: false, check: () => this.check() })
    this.timer = setTimeout(() => {
      this.isEarly = false
      void runCall(ownCall(), () => this.report())
    }, waitMs).unref()
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer)
  }

  /** The names without a process, sorted. */
  async names(): Promise<string[]> {
    const [row] = await this.databases
      .of('platform')
      .read((queryable) => queryable.query<{ unsure: boolean; handled: string[] }>(living, [silentAfterMs]))
    if (row!.unsure) return []
    const names = new Set<string>()
    for (const ledger of await this.ledgers.all()) {
      const rows = await ledger.read((queryable) => queryable.query<{ name: string }>(inSchema(registered, ledger.schema)))
      for (const { name } of rows) names.add(name)
    }
    return [...names].filter((name) => !row!.handled.includes(name)).sort()
  }

  private async check(): Promise<void> {
    if (this.isEarly) return
    const names = await this.names()
    if (names.length > 0) throw new Error(`no process handles: ${names.join(', ')}`)
  }

  /** Ignores errors: other components report that the database is away. */
  private async report(): Promise<void> {
    const names = await this.names().catch(() => [])
    if (names.length > 0) this.signals.emit('process.unhandled', { names: names.join(', ') })
  }
}
