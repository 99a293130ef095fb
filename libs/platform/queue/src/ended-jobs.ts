import { Databases } from '@kilomega/database'
import { DeliveryTable } from '@kilomega/messaging'
import { Signals, StopBudget } from '@kilomega/observability'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common'
import type { JobDefinition } from './job.js'
import { jobSubscriber } from './job-subscriber.js'

/**
 * Ends are collected for this long after the first one, in milliseconds, and written with one statement for hundreds of them, without delaying the jobs. A queue remembers
 * the last thousand finished jobs: at 10,000 a second, those of this time. With a longer time, more jobs would be done again when a worker dies.
 */
const collectMs = 100
/** Wait after a failure, in milliseconds. */
const retryAfterMs = 1_000
/** Matches ids of the outbox. Jobs that schedules create are not in an outbox. */
const ofOutbox = /^[0-9a-f]{8}-[0-9a-f-]{27}$/
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'jobs' } })

/** The most ends in one statement, so that its parameters and its duration stay small. */
const atOnce = 10_000
/** The most ends of one kind that wait for the ledger. Further jobs are published again: the queue still knows them as finished, or they are done again. */
const mostWaiting = 1_000_000

/** Ends of one kind of job that are not yet written to the ledger. */
interface Ends {
  table: DeliveryTable
  done: string[]
  dead: { id: string; reason: string }[]
  /** Jobs that have not ended but that the queue has lost: they are published again at once. */
  forgotten: string[]
}

/**
 * Deletes the deliveries of jobs that have ended. Those that are left when the process dies are published again later. The queue then knows the job
 * as finished, or the job is done again: it starts by checking in its own tables what is already done.
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
    this.note(definition, id, ({ done }) => done.push(id))
  }

  /** Makes the job a dead letter of its module, with the reason. */
  dead(definition: JobDefinition, id: string, reason: string): void {
    this.note(definition, id, ({ dead }) => dead.push({ id, reason }))
  }

  /**
   * The same, but the dead letter is written when this resolves; for a job that must not come back. A queue forgets jobs that have failed permanently, and before the next
   * collected write the job could be published to it again, as a new one. If the ledger cannot be written now, the job is recorded later, like others.
   */
  async deadAtOnce(definition: JobDefinition, id: string, reason: string): Promise<void> {
    if (!ofOutbox.test(id)) return
    try {
      await runCall(ownCall, () => giveUp(this.endsOf(definition).table, { id, reason }))
    } catch (error) {
      this.signals.emit('queue.ledger-failed', { jobs: 1 }, error)
    }
  }

  /** The queue has lost the job's data: the job is published again. */
  forgotten(definition: JobDefinition, id: string): void {
    this.note(definition, id, ({ forgotten }) => forgotten.push(id))
  }

  /** Runs after workers are closed (`onModuleDestroy`) and before pools are (`onApplicationShutdown`). */
  async beforeApplicationShutdown(): Promise<void> {
    await this.stopBudget.share('ledger').within('ends of jobs', this.writeLast())
  }

  private async writeLast(): Promise<void> {
    await this.writing
    clearTimeout(this.timer)
    await this.write()
  }

  private note(definition: JobDefinition, id: string, add: (ends: Ends) => void): void {
    if (!ofOutbox.test(id)) return
    const ends = this.endsOf(definition)
    if (countOf(ends) < mostWaiting) add(ends)
    this.writeIn(collectMs)
  }

  private endsOf({ jobName, module }: JobDefinition): Ends {
    let ends = this.ends.get(jobName)
    if (ends === undefined) {
      ends = { table: new DeliveryTable(this.databases.of(module), jobSubscriber(jobName)), done: [], dead: [], forgotten: [] }
      this.ends.set(jobName, ends)
    }
    return ends
  }

  private writeIn(waitMs: number): void {
    this.timer ??= setTimeout(() => {
      this.writing = runCall(ownCall, () => this.write()).finally(() => {
        this.timer = undefined
        if (this.hasUnwritten()) this.writeIn(collectMs)
      })
    }, waitMs)
  }

  private hasUnwritten(): boolean {
    return [...this.ends.values()].some((ends) => countOf(ends) > 0)
  }

  private async write(): Promise<void> {
    for (const ends of this.ends.values()) {
      try {
        while (countOf(ends) > 0) await writeSome(ends)
      } catch (error) {
        this.signals.emit('queue.ledger-failed', { jobs: countOf(ends) }, error)
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs).unref())
        return
      }
    }
  }
}

/** A reason starts with the code of the error, if it has one. */
const codeIn = (reason: string): string => /^[A-Z][A-Z0-9_]+(?=$|:)/.exec(reason)?.[0] ?? 'JOB_FAILED'

const countOf = ({ done, dead, forgotten }: Ends): number => done.length + dead.length + forgotten.length

const giveUp = (table: DeliveryTable, { id, reason }: { id: string; reason: string }): Promise<unknown> =>
  table.giveUp({ id }, { code: codeIn(reason), reason })

/** Ends are removed from the lists only after they are written. Ends that are added meanwhile come after them. */
async function writeSome({ table, done, dead, forgotten }: Ends): Promise<void> {
  const ids = (list: string[]): { id: string }[] => list.slice(0, atOnce).map((id) => ({ id }))
  const [ended, lost] = [ids(done), ids(forgotten)]
  if (ended.length > 0) await table.finish(ended)
  done.splice(0, ended.length)
  for (let first = dead[0]; first !== undefined; first = dead[0]) {
    await giveUp(table, first)
    dead.shift()
  }
  if (lost.length > 0) await table.unpublish(lost, { afterMs: 0, reason: 'the store of the queue has lost the job' })
  forgotten.splice(0, lost.length)
}
