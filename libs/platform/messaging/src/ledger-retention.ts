import { Databases } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { LocalModules } from './implement.js'
import { RelayConfig } from './relay.config.js'
import { inSchema } from './schema-sql.js'

/** Rows in one statement: about 50 ms of locks. */
const batch = 5_000
const everyMs = 3_600_000

const forgetTold = `
  DELETE FROM {schema}.outbox WHERE id IN (
    SELECT id FROM {schema}.outbox
    WHERE occurred_at < now() - $1 * interval '1 day'
      AND NOT EXISTS (SELECT FROM {schema}.delivery WHERE event_id = outbox.id)
      AND NOT EXISTS (SELECT FROM {schema}.dead_letter WHERE event_id = outbox.id)
    LIMIT $2)
  RETURNING id`

const forgetHeard = `
  DELETE FROM {schema}.inbox WHERE (subscriber, event_id) IN (
    SELECT subscriber, event_id FROM {schema}.inbox WHERE handled_at < now() - $1 * interval '1 day' LIMIT $2)
  RETURNING event_id`

const forgetDone = `
  DELETE FROM {schema}.command_receipt WHERE (key, principal) IN (
    SELECT key, principal FROM {schema}.command_receipt WHERE created_at < now() - $1 * interval '1 day' LIMIT $2)
  RETURNING key`

/**
 * Forgets what everybody has heard, and commands that were done, long ago. Inboxes and receipts remember twice as long as outboxes, so that a replay
 * of what is left is always safe.
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
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.sweep().finally(() => (this.running = undefined))
    }, everyMs).unref()
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer)
    await this.running
  }

  /** One round over the modules of this process. A failure waits for the next round. */
  async sweep(): Promise<void> {
    for (const { name } of this.modules.implementations) {
      try {
        await this.forget(name, forgetTold, this.config.keepDays)
        await this.forget(name, forgetHeard, this.config.keepDays * 2)
        await this.forget(name, forgetDone, this.config.keepDays * 2)
      } catch (error) {
        this.signals.emit('relay.retention-failed', { schema: name }, error)
      }
    }
  }

  private async forget(schema: string, sql: string, days: number): Promise<void> {
    let rows: object[]
    do rows = await this.databases.of(schema).write((transaction) => transaction.query(inSchema(sql, schema), [days, batch]))
    while (rows.length === batch)
  }
}
