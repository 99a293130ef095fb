import type { Database } from '@kilomega/database'
import { WakeUp } from '@kilomega/messaging'
import { Health, Signals } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { QueueBackend } from './backend/queue-backend.js'
import { refill } from './job-ledger.js'
import type { JobQueue } from './job-queues.js'
import { QueueInspection } from './queue-inspection.js'

/** How often it is checked whether the store of the queue is still the one to which jobs were published, in milliseconds. */
const lookEveryMs = 1_000
/** Checks from one inspection to the next: problems are found within half a minute. */
const inspectEvery = 10
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'queue-watch' } })

/**
 * Notices when the store of the queue is down, back, empty or replaced, and publishes the ledger's jobs to it again at once, not only when each of them
 * is due. A Redis that has come back may have lost its last second, so its jobs are published again too.
 */
@Injectable()
export class QueueWatch implements BeforeApplicationShutdown {
  private epoch: string | undefined
  private looks = 0
  private down = false
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<void> | undefined

  constructor(
    private readonly backend: QueueBackend,
    private readonly inspection: QueueInspection,
    private readonly wakeUp: WakeUp,
    private readonly signals: Signals,
    private readonly health: Health,
  ) {}

  /** Without the store nothing is refused: jobs wait in the ledger. A store that may lose jobs, in contrast, makes a process in production not ready. */
  start(queues: readonly JobQueue[]): void {
    this.health.register({ name: 'queue', required: false, check: () => this.check() })
    this.inspection.register()
    const look = (): void => {
      this.looking ??= runCall(ownCall, () => this.look(queues)).finally(() => (this.looking = undefined))
    }
    look()
    this.timer = setInterval(look, lookEveryMs)
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer)
    await this.looking
  }

  private async check(): Promise<void> {
    if (this.down) throw new Error('cannot be reached')
  }

  private async look(queues: readonly JobQueue[]): Promise<void> {
    try {
      const epoch = await this.backend.epoch()
      if (epoch === this.epoch && !this.down) return await this.inspect(queues, epoch)
      for (const database of new Set(queues.map((queue) => queue.database))) await this.refill(database, epoch)
      await this.inspection.start(queues)
      this.epoch = epoch
      this.down = false
    } catch (error) {
      if (!this.down) this.signals.emit('queue.store-away', {}, error)
      this.down = true
    }
  }

  private async refill(database: Database, epoch: string): Promise<void> {
    const jobs = await refill(database, epoch, this.down && this.epoch !== undefined)
    if (jobs === undefined) return
    this.signals.emit('queue.store-lost', { module: database.schema, jobs })
    this.wakeUp.notify(database.schema)
  }

  private async inspect(queues: readonly JobQueue[], epoch: string): Promise<void> {
    this.looks = (this.looks + 1) % inspectEvery
    if (this.looks > 0) return
    // The store has just answered: an error here does not mean that it was down.
    await this.inspection.look(queues, epoch).catch((error: unknown) => this.signals.emit('queue.inspection-failed', {}, error))
  }
}
