import type { z } from 'zod'
import type { JobDefinition } from './job.js'

/** What a job method gets besides its payload. */
export interface JobRun {
  /** The same at every start of this job: a key by which its effects can recognise a repeat. */
  readonly id: string
  /** 1 at the first start. */
  readonly attempt: number
  readonly lastAttempt: boolean
  /**
   * Position in the log of the module's database that includes everything that was committed before the job was published. A job that reads on a standby first checks
   * `isFresh` there. Undefined in jobs of a schedule, which do not follow a commit: those read on the primary.
   */
  readonly freshness?: string
  /** The tick of a scheduled job, in milliseconds since 1970. It may be long past if no process was running to do it. */
  readonly tickMs?: number
}

export interface RunOptions {
  /** Number of jobs of this kind that run at once in one process. */
  concurrency?: number
  /** Interval in milliseconds at which the job runs by itself, once for each tick over all processes, with the empty payload `{}`. */
  everyMs?: number
  /** After a time without a running process: `latest` does only the newest tick, which suits a sweep; `all` does each missed tick, in order, up to 1,000. */
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

/** Marks the method that does a job. It may be started twice for one job, so it should first check in its own tables what is already done. */
export function Runs<S extends z.ZodType>(job: JobDefinition<S>, { concurrency = 1, everyMs, catchUp = 'latest' }: RunOptions = {}) {
  return <M extends JobMethod<S>>(prototype: object, method: string, _: TypedPropertyDescriptor<M>): void => {
    const own = handlers.get(prototype) ?? []
    own.push({ job, method, concurrency, everyMs, catchUp })
    handlers.set(prototype, own)
  }
}

/** The jobs that a class does, from its `@Runs` methods. */
export const handlersOf = (worker: abstract new (...parameters: never[]) => object): JobHandler[] => handlers.get(worker.prototype as object) ?? []
