import type { z } from 'zod'
import type { JobDefinition } from './job.js'

/** What a job method is told besides its payload. */
export interface JobRun {
  /** The same at every start of this job: the key by which its effects recognise a repeat. */
  readonly id: string
  /** 1 at the first start. */
  readonly attempt: number
  readonly lastAttempt: boolean
  /**
   * Where all that was committed before the job could be taken is in the log of its module's database: what reads elsewhere, on a standby, asks `isFresh` there first.
   * Absent in jobs of a schedule, which are about no commit: those read on the primary.
   */
  readonly freshness?: string
  /** Of a job with a schedule: the tick that it is, milliseconds since 1970. It may be long past, when nobody was there to do it. */
  readonly tickMs?: number
}

export interface RunOptions {
  /** Jobs of this kind at work at once in one process. */
  concurrency?: number
  /** Runs by itself at this interval, once for each tick over all processes, with the empty payload `{}`. */
  everyMs?: number
  /** After a time in which no process was there: `latest` does the newest tick alone, as suits a sweep; `all` makes up for each that was missed, in order, up to 1,000. */
  catchUp?: 'latest' | 'all'
}

export interface JobHandler {
  job: JobDefinition
  method: string
  concurrency: number
  everyMs: number | undefined
  catchUp: 'latest' | 'all'
}

type JobMethod<S extends z.ZodType> = (payload: z.output<S>, run: JobRun) => Promise<void>

const handlers = new WeakMap<object, JobHandler[]>()

/** Marks the method that does a job. It may be started twice for one job, so it begins by asking its own tables what is done already. */
export function Runs<S extends z.ZodType>(job: JobDefinition<S>, { concurrency = 1, everyMs, catchUp = 'latest' }: RunOptions = {}) {
  return <M extends JobMethod<S>>(prototype: object, method: string, _: TypedPropertyDescriptor<M>): void => {
    const own = handlers.get(prototype) ?? []
    own.push({ job, method, concurrency, everyMs, catchUp })
    handlers.set(prototype, own)
  }
}

/** The jobs that a class does, by its `@Runs` methods. */
export const handlersOf = (worker: abstract new (...parameters: never[]) => object): JobHandler[] => handlers.get(worker.prototype as object) ?? []
