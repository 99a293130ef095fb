import { Databases } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Clock } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { LocalModules } from './implement.js'
import { LedgerDays } from './ledger-days.js'
import { RelayConfig } from './relay.config.js'
import { inSchema } from './schema-sql.js'

/** Rows in one statement: about 50 ms of locks. */
const batch = 5_000
const everyMs = 3_600_000
/** After the start of a process, which has more to do then, milliseconds. */
const firstAfterMs = 60_000

const forgetTold = `
  DELETE FROM {schema}.outbox_rest WHERE id IN (
    SELECT id FROM {schema}.outbox_rest AS outbox
    WHERE occurred_at < now() - $1 * interval '1 day'
      AND NOT EXISTS (SELECT FROM {schema}.delivery WHERE event_id = outbox.id)
      AND NOT EXISTS (SELECT FROM {schema}.dead_letter WHERE event_id = outbox.id)
    LIMIT $2)
  RETURNING id`

const forgetHeard = `
  DELETE FROM {schema}.inbox_rest WHERE (subscriber, event_id) IN (
    SELECT subscriber, event_id FROM {schema}.inbox_rest WHERE handled_at < now() - $1 * interval '1 day' LIMIT $2)
  RETURNING event_id`

const forgetDone = `
  DELETE FROM {schema}.command_receipt WHERE (key, principal) IN (
    SELECT key, principal FROM {schema}.command_receipt WHERE created_at < now() - $1 * interval '1 day' LIMIT $2)
  RETURNING key`

/**
 * Forgets what everybody has heard, and commands that were done, long ago: whole days where it can, rows where they belong to none. Inboxes and receipts
 * remember twice as long as outboxes, so that a replay of what is left is always safe.
 */
@Injectable()
export class LedgerRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined

  constructor(
    private readonly modules: LocalModules,
    private readonly databases: Databases,
    private readonly config: RelayConfig,
    private readonly signals: Signals,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.sweepIn(firstAfterMs)
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer)
    await this.running
    clearTimeout(this.timer)
  }

  /** One round over the modules of this process. A failure waits for the next round. */
  async sweep(): Promise<void> {
    for (const { name } of this.modules.implementations) {
      try {
        await this.turn(name)
      } catch (error) {
        this.signals.emit('relay.retention-failed', { schema: name }, error)
      }
    }
  }

  private sweepIn(waitMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.sweep().finally(() => this.sweepIn(everyMs))
    }, waitMs).unref()
  }

  private async turn(schema: string): Promise<void> {
    const { keepDays } = this.config
    const days = new LedgerDays(this.databases.of(schema), () => this.clock.nowMs())
    for (const table of ['outbox', 'inbox'] as const) await days.open(table)
    await days.close('outbox', keepDays)
    await days.close('inbox', keepDays * 2)
    await this.forget(schema, forgetTold, keepDays)
    await this.forget(schema, forgetHeard, keepDays * 2)
    await this.forget(schema, forgetDone, keepDays * 2)
  }

  private async forget(schema: string, sql: string, days: number): Promise<void> {
    let rows: object[]
    do rows = await this.databases.of(schema).write((transaction) => transaction.query(inSchema(sql, schema), [days, batch]))
    while (rows.length === batch)
  }
}
