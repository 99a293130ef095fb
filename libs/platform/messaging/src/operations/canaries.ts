import { setTimeout as wait } from 'node:timers/promises'
import type { Database } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { canaryPayload } from '../canary.js'
import { sendCanaries } from '../delivery-statements.js'
import { LocalModules } from '../implement.js'
import { RelayConfig } from '../relay.config.js'
import { inSchema } from '../schema-sql.js'
import { WakeUp } from '../wake-up.js'
import { CanaryWatch, type LateCanary } from './canary-watch.js'
import { Ledgers } from './ledgers.js'

const late = `
  SELECT canary.subscriber, (extract(epoch FROM now() - sent_at) * 1000)::float8 AS "ageMs"
  FROM {schema}.canary JOIN {schema}.delivery ON delivery.subscriber = canary.subscriber AND delivery.event_id = canary.event_id
  WHERE sent_at < now() - $1 * interval '1 ms' ORDER BY sent_at`

/** Periods without an answer after which a consumer counts as dead. */
const latePeriods = 3
const ownCall = (): CurrentCall => new CurrentCall({ actor: system, trace: { requestId: 'canaries' }, deadlineMs: performance.now() + 10_000 })

/**
 * Checks every queue and every consumer of events, end to end: work that silently does not get done is what users complain about most. Processes with
 * several modules send canaries; the subscribers and workers that would get the events and jobs also get the canaries. They are sent for one module after another,
 * spread over the period: all at once took every connection of a process, and made each request at that moment wait for 50 ms and more.
 */
@Injectable()
export class Canaries implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController()
  private running: Promise<void> | undefined

  constructor(
    private readonly ledgers: Ledgers,
    private readonly local: LocalModules,
    private readonly config: RelayConfig,
    private readonly wakeUp: WakeUp,
    private readonly watch: CanaryWatch,
  ) {}

  onApplicationBootstrap(): void {
    if (this.local.implementations.length < 2 || this.config.canaryMs === 0) return
    this.watch.start(() => this.late())
    this.running = this.run()
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort()
    await this.running
  }

  /** Canaries that have not been answered for three periods, the oldest first; in these schemas, or in all. */
  async late(schemas?: readonly string[]): Promise<LateCanary[]> {
    const all: LateCanary[] = []
    const ledgers = schemas === undefined ? await this.ledgers.all() : this.ledgers.named(schemas)
    for (const database of ledgers) all.push(...(await this.lateIn(database)))
    return all.sort((a, b) => b.ageMs - a.ageMs)
  }

  private async lateIn(database: Database): Promise<LateCanary[]> {
    const sql = inSchema(late, database.schema)
    const rows = await database.read((queryable) => queryable.query<Omit<LateCanary, 'schema'>>(sql, [latePeriods * this.config.canaryMs]))
    return rows.map((row) => ({ ...row, schema: database.schema }))
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping
    while (!signal.aborted) {
      const ledgers = (await this.attempt(() => this.ledgers.all())) ?? []
      const pauseMs = this.config.canaryMs / Math.max(1, ledgers.length)
      for (const ledger of ledgers) {
        await this.pause(pauseMs)
        if (!signal.aborted) await this.attempt(() => this.sendIn(ledger))
      }
      if (ledgers.length === 0) await this.pause(pauseMs)
      if (!signal.aborted) await this.attempt(() => this.watch.look())
    }
  }

  private async sendIn(database: Database): Promise<void> {
    const sql = inSchema(sendCanaries, database.schema)
    // Half a period of slack, because the timers of several processes differ.
    await database.write((transaction) => transaction.query(sql, [this.config.canaryMs / 2, JSON.stringify(canaryPayload)]))
    this.wakeUp.notify(database.schema)
  }

  private pause(pauseMs: number): Promise<void> {
    return wait(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined)
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await runCall(ownCall(), work)
    } catch (error) {
      this.watch.failed(error)
      return undefined
    }
  }
}
