import { Databases } from '@kilomega/database'
import { DeliveryTable } from '@kilomega/messaging'
import { Signals, StopBudget } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import type { JobDefinition } from './job.js'
import { jobSubscriber } from './job-subscriber.js'

/**
 * Ends are noted together, at most so long after the first of them, milliseconds: one statement for hundreds, off the way of the jobs. A queue remembers the last
 * thousand that are finished: at 10,000 a second those of this time, so that with more of it a worker that dies would have some done again.
 */
const collectMs = 100
/** After a failure, milliseconds. */
const againMs = 1_000
/** Jobs that schedules make are in no outbox. */
const ofOutbox = /^[0-9a-f]{8}-[0-9a-f-]{27}$/
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'jobs' } })

/** Ends of one kind of job that the ledger does not know of yet. */
interface Ends {
  table: DeliveryTable
  done: string[]
  dead: { id: string; reason: string }[]
}

/**
 * Crosses jobs out in the ledger when they have ended. What is not crossed out when the process dies is put into the queue again later, where it is known
 * as finished, or done again: a job begins by asking its own tables what is done already.
 */
@Injectable()
export class EndedJobs implements BeforeApplicationShutdown {
  private readonly ends = new Map<string, Ends>()
  private timer: NodeJS.Timeout | undefined
  private writing: Promise<void> | undefined

  constructor(
    private readonly databases: Databases,
    private readonly signals: Signals,
    private readonly stopBudget: StopBudget,
  ) {}

  done(definition: JobDefinition, id: string): void {
    if (!ofOutbox.test(id)) return
    this.endsOf(definition).done.push(id)
    this.writeIn(collectMs)
  }

  /** From now on a dead letter of its module, with the reason. */
  dead(definition: JobDefinition, id: string, reason: string): void {
    if (!ofOutbox.test(id)) return
    this.endsOf(definition).dead.push({ id, reason })
    this.writeIn(collectMs)
  }

  /** Workers have been closed by then (`onModuleDestroy`), and pools have not (`onApplicationShutdown`). */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stopBudget.share('ledger').within('ends of jobs', this.writeLast())
  }

  private async writeLast(): Promise<void> {
    await this.writing
    clearTimeout(this.timer)
    await this.write()
  }

  private endsOf({ jobName, module }: JobDefinition): Ends {
    let ends = this.ends.get(jobName)
    if (ends === undefined) {
      ends = { table: new DeliveryTable(this.databases.of(module), jobSubscriber(jobName)), done: [], dead: [] }
      this.ends.set(jobName, ends)
    }
    return ends
  }

  private writeIn(waitMs: number): void {
    this.timer ??= setTimeout(() => {
      this.writing = runCall(ownCall, () => this.write()).finally(() => {
        this.timer = undefined
        if (this.isOwing()) this.writeIn(collectMs)
      })
    }, waitMs)
  }

  private isOwing(): boolean {
    return [...this.ends.values()].some(({ done, dead }) => done.length + dead.length > 0)
  }

  private async write(): Promise<void> {
    for (const ends of this.ends.values()) {
      const [done, dead] = [ends.done.splice(0), ends.dead.splice(0)]
      try {
        if (done.length > 0) await ends.table.finish(done.map((id) => ({ id })))
        for (const { id, reason } of dead) await ends.table.giveUp({ id }, { code: codeIn(reason), reason })
      } catch (error) {
        ends.done.push(...done)
        ends.dead.push(...dead)
        this.signals.emit('queue.ledger-failed', { jobs: ends.done.length + ends.dead.length }, error)
        await new Promise((resolve) => setTimeout(resolve, againMs).unref())
        return
      }
    }
  }
}

/** Reasons begin with the code of the error, where it has one. */
const codeIn = (reason: string): string => /^[A-Z][A-Z0-9_]+(?=$|:)/.exec(reason)?.[0] ?? 'JOB_FAILED'
