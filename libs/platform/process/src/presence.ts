import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { Databases } from '@kilomega/database'
import { Health, Signals, StopBudget } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'

const everyMs = 2_000
/** Three looks and a slow one. */
export const silentAfterMs = 7_000
/** Who has not come back by then was taken out of service, minutes. */
const missedForMinutes = 15

const appear = `
  INSERT INTO platform.process (id, name, host, pid, handles) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (id) DO UPDATE SET seen_at = now()`
const leave = `DELETE FROM platform.process WHERE id = $1`
const forget = `DELETE FROM platform.process WHERE seen_at < now() - $1 * interval '1 minute'`
/** One that another of its name has begun after was replaced. */
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

/** Says every 2 s that this process is there, and knows which others have gone without a word: killed, or hanging. One that stops in order takes leave. */
@Injectable()
export class Presence implements BeforeApplicationShutdown {
  private readonly id = randomUUID()
  private timer: NodeJS.Timeout | undefined
  private saying: Promise<void> | undefined

  constructor(
    private readonly databases: Databases,
    private readonly health: Health,
    private readonly signals: Signals,
    private readonly stopBudget: StopBudget,
  ) {}

  /** `name` is that of the application, as in `worker`; `handles` are the subscribers and kinds of jobs that it works on. */
  async begin(name: string, handles: readonly string[]): Promise<void> {
    this.health.register({ name: 'processes', required: false, check: () => this.check() })
    const say = (): void => {
      this.saying ??= runCall(ownCall(), () => this.say(name, handles)).finally(() => (this.saying = undefined))
    }
    await this.write(forget, [missedForMinutes])
    say()
    this.timer = setInterval(say, everyMs).unref()
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer === undefined) return
    clearInterval(this.timer)
    const left = (this.saying ?? Promise.resolve()).then(() => runCall(ownCall(), () => this.write(leave, [this.id])))
    await this.stopBudget.share('ledger').within(
      'taking leave of the other processes',
      left.catch(() => undefined),
    )
  }

  /** Who should be there and is not. */
  missing(): Promise<Missing[]> {
    return this.databases.of('platform').read((queryable) => queryable.query<Missing>(missing, [silentAfterMs, missedForMinutes]))
  }

  private async check(): Promise<void> {
    const gone = await this.missing()
    if (gone.length === 0) return
    throw new Error(gone.map(({ name, host, pid, silentS }) => `${name} (process ${pid} on ${host}) was last seen ${silentS} s ago`).join(', '))
  }

  /** That the database is away is told by those who need it more. */
  private async say(name: string, handles: readonly string[]): Promise<void> {
    try {
      await this.write(appear, [this.id, name, hostname(), process.pid, handles])
    } catch (error) {
      this.signals.emit('process.not-seen', { name }, error)
    }
  }

  private async write(sql: string, values: unknown[]): Promise<void> {
    await this.databases.of('platform').write((transaction) => transaction.query(sql, values))
  }
}
