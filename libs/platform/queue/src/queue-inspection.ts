import { stage } from '@kilomega/config'
import type { Database } from '@kilomega/database'
import { Health, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { QueueBackend } from './backend/queue-backend.js'
import { databaseNowMs } from './database-clock.js'
import { epochOf } from './job-ledger.js'
import type { JobQueue } from './job-queues.js'
import { Schedules } from './schedules.js'

/** What the clock of a process may differ from the database's, milliseconds: `chrony` keeps them within a few, and an answer takes up to a second. */
const clockSlackMs = 5_000

/** What of the queue may go wrong while everything answers: settings of the store, processes that see different stores, clocks, and schedules that do not go on. */
@Injectable()
export class QueueInspection {
  private setting: string | undefined
  private otherStore = false
  private clockAheadMs = 0

  constructor(
    private readonly backend: QueueBackend,
    private readonly schedules: Schedules,
    private readonly signals: Signals,
    private readonly health: Health,
  ) {}

  /** A process in production does not begin over a store that may lose jobs, and is not ready where its settings are changed later. */
  register(): void {
    this.health.register({ name: 'queue-settings', required: stage() === 'production', check: () => this.checkSetting() })
    this.health.register({ name: 'queue-store', required: false, check: () => this.checkStore() })
    this.health.register({ name: 'queue-clock', required: false, check: () => this.checkClock() })
  }

  /** The store is there, for the first time or again. */
  async begin(queues: readonly JobQueue[]): Promise<void> {
    await this.lookAtSetting()
    await this.schedules.ask(queues)
  }

  async look(queues: readonly JobQueue[], epoch: string): Promise<void> {
    await this.lookAtSetting()
    const [first] = queues
    if (first === undefined) return
    await this.lookForOthers(first.database, epoch)
    const wasWrong = this.isClockWrong()
    const nowMs = await databaseNowMs(first.database)
    this.lookAtClock(nowMs)
    await this.schedules.mend(queues, nowMs, wasWrong)
  }

  private async lookAtSetting(): Promise<void> {
    const setting = await this.backend.unsafeSetting()
    if (setting !== undefined && setting !== this.setting) this.signals.emit('queue.unsafe-store', { problem: setting, stage: stage() })
    this.setting = setting
  }

  /** Another process has put the same jobs into another store: what the one asks for, the other never does. */
  private async lookForOthers(database: Database, epoch: string): Promise<void> {
    const elsewhere = (await epochOf(database)) !== epoch
    if (elsewhere && !this.otherStore) this.signals.emit('queue.other-store')
    this.otherStore = elsewhere
  }

  private lookAtClock(nowMs: number): void {
    const wasWrong = this.isClockWrong()
    this.clockAheadMs = Date.now() - nowMs
    if (this.isClockWrong() && !wasWrong) this.signals.emit('queue.clock-wrong', { aheadMs: Math.round(this.clockAheadMs) })
  }

  private isClockWrong(): boolean {
    return Math.abs(this.clockAheadMs) > clockSlackMs
  }

  private async checkSetting(): Promise<void> {
    if (this.setting !== undefined) throw new Error(`QUEUE_UNSAFE_CONFIG: ${this.setting}`)
  }

  private async checkStore(): Promise<void> {
    if (this.otherStore) throw new Error('processes see different stores of the queue')
  }

  private async checkClock(): Promise<void> {
    if (!this.isClockWrong()) return
    const direction = this.clockAheadMs > 0 ? 'ahead of' : 'behind'
    throw new Error(`the clock of this process is ${Math.round(Math.abs(this.clockAheadMs) / 1_000)} s ${direction} the database's`)
  }
}
