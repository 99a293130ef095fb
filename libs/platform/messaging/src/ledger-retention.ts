import { setTimeout as wait } from 'node:timers/promises'
import { Databases } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { DatabaseTime } from './database-time.js'
import { inPortions } from './in-portions.js'
import { LocalModules } from './implement.js'
import { LedgerDays, type LedgerTable } from './ledger-days.js'
import { RelayConfig } from './relay.config.js'
import { forgetInbox, forgetOutbox, forgetReceipts } from './retention-statements.js'

const everyMs = 3_600_000
/** Wait after the start of a process, when it has other things to do, in milliseconds. */
const firstAfterMs = 60_000
/** The most days of a table that one round drops. Normally there is one to drop. More at once suggest a wrong clock, and the limit gives people time to notice it. */
const daysInRound = 2
/** Milliseconds. */
const stopWithinMs = 1_000
/** Inboxes and receipts are kept this many times longer than outboxes, so that replaying the events that are left is always safe. */
const inboxFactor = 2

/** Deletes old events that every subscriber has handled, and old receipts of commands: whole days where possible, single rows where they belong to no day. */
@Injectable()
export class LedgerRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> | undefined
  private isStopped = false

  constructor(
    private readonly modules: LocalModules,
    private readonly databases: Databases,
    private readonly config: RelayConfig,
    private readonly signals: Signals,
    private readonly time: DatabaseTime,
  ) {}

  onApplicationBootstrap(): void {
    this.sweepIn(firstAfterMs)
  }

  /** Waits for the running portion, usually about 50 ms. A longer one rolls back when its connection is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true
    clearTimeout(this.timer)
    await Promise.race([this.running, wait(stopWithinMs, undefined, { ref: false })])
  }

  /** One round over the modules of this process. A failed step is tried again in the next round, and the other steps go on. */
  async sweep(): Promise<void> {
    for (const { name } of this.modules.implementations) {
      const days = new LedgerDays(this.databases.of(name), this.time)
      const { keepDays } = this.config
      const keepInboxDays = keepDays * inboxFactor
      await this.step(name, () => days.open('outbox'))
      await this.step(name, () => days.open('inbox'))
      await this.step(name, () => this.closeDays(name, days, { table: 'outbox', keepDays }))
      await this.step(name, () => this.closeDays(name, days, { table: 'inbox', keepDays: keepInboxDays }))
      await this.step(name, () => this.forget(name, forgetOutbox, keepDays))
      await this.step(name, () => this.forget(name, forgetInbox, keepInboxDays))
      await this.step(name, () => this.forget(name, forgetReceipts, keepInboxDays))
    }
  }

  private sweepIn(waitMs: number): void {
    if (this.isStopped) return
    this.timer = setTimeout(() => {
      this.running = this.sweep().finally(() => this.sweepIn(everyMs))
    }, waitMs).unref()
  }

  private async step(schema: string, work: () => Promise<unknown>): Promise<void> {
    if (this.isStopped) return
    await work().catch((error: unknown) => this.signals.emit('relay.retention-failed', { schema }, error))
  }

  private async closeDays(schema: string, days: LedgerDays, { table, keepDays }: { table: LedgerTable; keepDays: number }): Promise<void> {
    const left = await days.close(table, keepDays, daysInRound)
    if (left.length > 0) this.signals.emit('relay.retention-behind', { schema, days: left })
  }

  private async forget(schema: string, sql: string, keepDays: number): Promise<void> {
    await inPortions(this.databases.of(schema), { sql, values: [keepDays], isStopped: () => this.isStopped })
  }
}
