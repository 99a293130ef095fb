import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { Databases } from '@kilomega/database'
import { Health, Signals, StopBudget } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'

const everyMs = 2_000
/** Three intervals and a margin. */
export const silentAfterMs = 7_000
/** A process that has not come back within this time counts as taken out of service, in minutes. */
const missedForMinutes = 15

const upsert = `
  INSERT INTO platform.process (id, name, host, pid, handles) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET seen_at = now()`
const remove = `DELETE FROM platform.process WHERE id = $1`
const removeOld = `DELETE FROM platform.process WHERE seen_at < now() - $1 * interval '1 minute'`
/** A process counts as replaced if another one of the same name has started since it was last seen. */
const missing = `
  SELECT name, host, pid, (extract(epoch FROM now() - seen_at))::int AS "silentS" FROM platform.process AS gone
  WHERE seen_at < now() - $1 * interval '1 ms' AND seen_at > now() - $2 * interval '1 minute'
    AND NOT EXISTS (SELECT FROM platform.process AS other WHERE other.name = gone.name AND other.started_at > gone.seen_at)
  ORDER BY name, pid`

interface Missing {
  name: string
  host: string
  pid: number
  silentS: number
}

const ownCall = (): CurrentCall => new CurrentCall({ actor: system, trace: { requestId: 'presence' }, deadlineMs: performance.now() + everyMs })

/** Records every 2 s that this process is running, and finds other processes that were killed or hang. A process that stops cleanly removes itself. */
@Injectable()
export class Presence implements BeforeApplicationShutdown {
  private readonly id = randomUUID()
  private timer: NodeJS.Timeout | undefined
  private recording: Promise<void> | undefined

  constructor(
    private readonly databases: Databases,
    private readonly health: Health,
    private readonly signals: Signals,
    private readonly stopBudget: StopBudget,
  ) {}

  /** `name` is the application's, such as `worker`; `handles` are the subscribers and kinds of jobs that it works on. */
  async start(name: string, handles: readonly string[]): Promise<void> {
    this.health.register({ name: 'processes', required: false, check: () => this.check() })
    const record = (): void => {
      this.recording ??= runCall(ownCall(), () => this.record(name, handles)).finally(() => (this.recording = undefined))
    }
    await this.write(removeOld, [missedForMinutes])
    record()
    this.timer = setInterval(record, everyMs).unref()
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer === undefined) return
    clearInterval(this.timer)
    const removed = (this.recording ?? Promise.resolve()).then(() => runCall(ownCall(), () => this.write(remove, [this.id])))
    await this.stopBudget.share('ledger').within(
      'removing this process from the list',
      removed.catch(() => undefined),
    )
  }

  /** Processes that should be running and are not seen. */
  missing(): Promise<Missing[]> {
    return this.databases.of('platform').read((queryable) => queryable.query<Missing>(missing, [silentAfterMs, missedForMinutes]))
  }

  private async check(): Promise<void> {
    const gone = await this.missing()
    if (gone.length === 0) return
    throw new Error(gone.map(({ name, host, pid, silentS }) => `${name} (process ${pid} on ${host}) was last seen ${silentS} s ago`).join(', '))
  }

  /** Also fails while the database is down, which others report in more detail. */
  private async record(name: string, handles: readonly string[]): Promise<void> {
    try {
      await this.write(upsert, [this.id, name, hostname(), process.pid, handles])
    } catch (error) {
      this.signals.emit('process.not-seen', { name }, error)
    }
  }

  private async write(sql: string, values: unknown[]): Promise<void> {
    await this.databases.of('platform').write((transaction) => transaction.query(sql, values))
  }
}
