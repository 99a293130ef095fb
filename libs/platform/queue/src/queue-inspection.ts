import { stage } from '@kilomega/config'
import type { Database } from '@kilomega/database'
import { Health, Signals } from '@kilomega/observability'
import { Injectable } from '@nestjs/common'
import { QueueBackend } from './backend/queue-backend.js'
import { databaseNowMs } from './database-clock.js'
import { epochOf } from './job-ledger.js'
import type { JobQueue } from './job-queues.js'
import { Schedules } from './schedules.js'

/** How much the clock of a process may differ from the database's, in milliseconds: `chrony` keeps them within a few, and an answer takes up to a second. */
const clockSlackMs = 5_000

/** Checks for faults that can occur while everything answers: unsafe settings of the store, processes that use different stores, wrong clocks, and stopped schedules. */
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

  /** In production, a process does not start with a store that may lose jobs, and is not ready if the store's settings are changed later. */
  register(): void {
    this.health.register({ name: 'queue-settings', required: stage() === 'production', check: () => this.checkSetting() })
    this.health.register({ name: 'queue-store', required: false, check: () => this.checkStore() })
    this.health.register({ name: 'queue-clock', required: false, check: () => this.checkClock() })
  }

  /** The store is available, for the first time or again. */
  async start(queues: readonly JobQueue[]): Promise<void> {
    await this.lookAtSetting()
    await this.schedules.set(queues)
  }

  async look(queues: readonly JobQueue[], epoch: string): Promise<void> {
    await this.lookAtSetting()
    const [first] = queues
    if (first === undefined) return
    await this.lookForOthers(first.database, epoch)
    const wasWrong = this.isClockWrong()
    const nowMs = await databaseNowMs(first.database)
    this.lookAtClock(nowMs)
    await this.schedules.repair(queues, nowMs, wasWrong)
  }

  private async lookAtSetting(): Promise<void> {
    const setting = await this.backend.unsafeSetting()
    if (setting !== undefined && setting !== this.setting) this.signals.emit('queue.unsafe-store', { problem: setting, stage: stage() })
    this.setting = setting
  }

  /** Checks whether another process has published the same jobs to another store: then jobs that one process adds are never done by the other. */
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
    if (this.otherStore) throw new Error('processes use different stores for the queue')
  }

  private async checkClock(): Promise<void> {
    if (!this.isClockWrong()) return
    const direction = this.clockAheadMs > 0 ? 'ahead of' : 'behind'
    throw new Error(`the clock of this process is ${Math.round(Math.abs(this.clockAheadMs) / 1_000)} s ${direction} the database's`)
  }
}
