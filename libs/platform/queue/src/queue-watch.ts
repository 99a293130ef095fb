import { stage } from '@kilomega/config'
import { Databases } from '@kilomega/database'
import { WakeUp } from '@kilomega/messaging'
import { Health, Signals } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import { QueueBackend } from './backend/queue-backend.js'
import { epochOf, refill } from './job-ledger.js'

/** How often it is looked whether the store of the queue is still the one into which jobs were put, milliseconds. */
const lookEveryMs = 1_000
/** Looks between two comparisons with what other processes see. */
const compareEvery = 10
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'queue-watch' } })

/** What depends on the store: the modules whose jobs are in it, and what is told when it is there, and again when it has lost what it held. */
export interface Dependants {
  modules: readonly string[]
  /** Rejects where the store is away again; then it is called once more. */
  whenThere: () => Promise<void>
}

/**
 * Notices that the store of the queue is away, back, empty or another one, and has the ledger's jobs put into it again: at once, and not when each of them
 * falls due. A Redis that came back may have lost its last second, so that counts as lost too.
 */
@Injectable()
export class QueueWatch implements BeforeApplicationShutdown {
  private epoch: string | undefined
  private problem: string | undefined
  private other: string | undefined
  private looks = 0
  private away = false
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<void> | undefined

  constructor(
    private readonly backend: QueueBackend,
    private readonly databases: Databases,
    private readonly wakeUp: WakeUp,
    private readonly signals: Signals,
    private readonly health: Health,
  ) {}

  /** Without the store nothing is refused: jobs wait in the ledger. A store that may lose them is another matter in production. */
  start(dependants: Dependants): void {
    this.health.register({ name: 'queue', required: false, check: () => this.check() })
    const look = (): void => {
      this.looking ??= runCall(ownCall, () => this.look(dependants)).finally(() => (this.looking = undefined))
    }
    look()
    this.timer = setInterval(look, lookEveryMs)
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer)
    await this.looking
  }

  private async check(): Promise<void> {
    if (this.away) throw new Error('cannot be reached')
    if (this.other !== undefined) throw new Error(this.other)
    if (this.problem !== undefined) throw new Error(`QUEUE_UNSAFE_CONFIG: ${this.problem}`)
  }

  private async look({ modules, whenThere }: Dependants): Promise<void> {
    try {
      const epoch = await this.backend.epoch()
      if (epoch === this.epoch && !this.away) return await this.compare(modules)
      await this.lookAtSettings()
      for (const module of modules) await this.refill(module, epoch)
      await whenThere()
      this.epoch = epoch
      this.away = false
    } catch (error) {
      if (!this.away) this.signals.emit('queue.store-away', {}, error)
      this.away = true
    }
  }

  private async refill(module: string, epoch: string): Promise<void> {
    const jobs = await refill(this.databases.of(module), epoch, this.away && this.epoch !== undefined)
    if (jobs === undefined) return
    this.signals.emit('queue.store-lost', { module, jobs })
    this.wakeUp.ring(module)
  }

  /** Another process has put the same jobs into another store: what the one asks for, the other never does. */
  private async compare(modules: readonly string[]): Promise<void> {
    this.looks = (this.looks + 1) % compareEvery
    if (this.looks > 0 || modules[0] === undefined) return
    const elsewhere = (await epochOf(this.databases.of(modules[0]))) !== this.epoch
    if (elsewhere && this.other === undefined) this.signals.emit('queue.other-store')
    this.other = elsewhere ? 'processes see different stores of the queue' : undefined
  }

  private async lookAtSettings(): Promise<void> {
    this.problem = await this.backend.unsafeSetting()
    if (this.problem !== undefined) this.signals.emit('queue.unsafe-store', { problem: this.problem, stage: stage() })
  }
}
