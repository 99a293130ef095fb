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
/** After the start of a process, which has more to do then, milliseconds. */
const firstAfterMs = 60_000
/** Days of a table that one round drops at most: after a quiet week there is one; more at once is a clock that is wrong, and takes time to be noticed. */
const daysInRound = 2
/** Milliseconds. */
const stopWithinMs = 1_000
/** Inboxes and receipts remember so much longer than outboxes, so that a replay of what is left is always safe. */
const inboxFactor = 2

/** Forgets what everybody has heard, and commands that were done, long ago: whole days where it can, rows where they belong to none. */
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

  /** Waits for the portion at work, mostly some 50 ms; a longer one rolls back when its connection is closed. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true
    clearTimeout(this.timer)
    await Promise.race([this.running, wait(stopWithinMs, undefined, { ref: false })])
  }

  /** One round over the modules of this process. A step that fails waits for the next round, and the others go on. */
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
