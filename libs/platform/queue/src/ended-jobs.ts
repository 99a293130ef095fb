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

/** Ends in one statement, at most: what a parameter holds, and a statement may take, stays small. */
const atOnce = 10_000
/** Ends of one kind that wait for the ledger, at most: the rest is asked for again, and is known in the queue as finished, or done again. */
const mostWaiting = 1_000_000

/** Ends of one kind of job that the ledger does not know of yet. */
interface Ends {
  table: DeliveryTable
  done: string[]
  dead: { id: string; reason: string }[]
  /** Not ended: published again, at once. */
  forgotten: string[]
}

/**
 * Deletes the deliveries of jobs that have ended. Those that are left when the process dies are published again later, where a job is known
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
    this.note(definition, id, ({ done }) => done.push(id))
  }

  /** From now on a dead letter of its module, with the reason. */
  dead(definition: JobDefinition, id: string, reason: string): void {
    this.note(definition, id, ({ dead }) => dead.push({ id, reason }))
  }

  /**
   * The same, written by when this resolves: of a job that must not come back. A queue forgets what has failed for good, and in the time that it takes to write
   * ends together the job could be put into it again, as one that nobody knows. Where the ledger cannot be written now, it is noted like others.
   */
  async deadAtOnce(definition: JobDefinition, id: string, reason: string): Promise<void> {
    if (!ofOutbox.test(id)) return
    try {
      await runCall(ownCall, () => giveUp(this.endsOf(definition).table, { id, reason }))
    } catch (error) {
      this.signals.emit('queue.ledger-failed', { jobs: 1 }, error)
    }
  }

  /** The queue has lost what it held of it: it is put there again. */
  forgotten(definition: JobDefinition, id: string): void {
    this.note(definition, id, ({ forgotten }) => forgotten.push(id))
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
        await new Promise((resolve) => setTimeout(resolve, againMs).unref())
        return
      }
    }
  }
}

/** Reasons begin with the code of the error, where it has one. */
const codeIn = (reason: string): string => /^[A-Z][A-Z0-9_]+(?=$|:)/.exec(reason)?.[0] ?? 'JOB_FAILED'

const countOf = ({ done, dead, forgotten }: Ends): number => done.length + dead.length + forgotten.length

const giveUp = (table: DeliveryTable, { id, reason }: { id: string; reason: string }): Promise<unknown> =>
  table.giveUp({ id }, { code: codeIn(reason), reason })

/** What is written leaves the list only then: what has come meanwhile stands behind it. */
async function writeSome({ table, done, dead, forgotten }: Ends): Promise<void> {
  const ids = (list: string[]): { id: string }[] => list.slice(0, atOnce).map((id) => ({ id }))
  const [ended, lost] = [ids(done), ids(forgotten)]
  if (ended.length > 0) await table.finish(ended)
  done.splice(0, ended.length)
  for (let first = dead[0]; first !== undefined; first = dead[0]) {
    await giveUp(table, first)
    dead.shift()
  }
  if (lost.length > 0) await table.unpublish(lost, { afterMs: 0, reason: 'the store of the queue has lost it' })
  forgotten.splice(0, lost.length)
}
