import { assertStorable } from '@kilomega/ports'
import type { z } from 'zod'

export interface JobOptions {
  /**
   * The most starts, including the first; then the job is a dead letter with its last error. Default: `QUEUE_ATTEMPTS`. A start that is cut short by the end of its
   * process, or that fails because a dependency is unavailable, does not count.
   */
  attempts?: number
  /** Wait before the second start, in milliseconds. It doubles with each further start, with full jitter. Default: `QUEUE_BACKOFF_MS`. */
  backoffMs?: number
  /** The longest of these waits, in milliseconds. Default: `QUEUE_BACKOFF_MAX_MS`. */
  backoffMaxMs?: number
  /**
   * How long one start may take, in milliseconds: the deadline of the call in which the job runs. Then its signal aborts, and the start has failed, whatever the method
   * does later.
   */
  timeoutMs?: number
  /** How long the work is worth doing, in milliseconds from its planned start: a later job is a dead letter and is not started. Default: never expires. */
  expiresAfterMs?: number
  /** Version of the payload's schema. Raise it with a change that older workers cannot read. A worker leaves jobs of a version that it does not know to other workers. */
  version?: number
}

type Fixed = 'timeoutMs' | 'expiresAfterMs' | 'version'

export interface JobDefinition<S extends z.ZodType = z.ZodType> extends Required<Pick<JobOptions, Fixed>>, Omit<JobOptions, Fixed> {
  /** `<module>.<verb-noun>` */
  readonly jobName: string
  readonly module: string
  readonly schema: S
}

export interface NewJob<S extends z.ZodType = z.ZodType> {
  readonly definition: JobDefinition<S>
  readonly payload: z.output<S>
  readonly delayMs: number
  readonly priority: number
}

/** When a job is started. */
export interface Turn {
  /** Delay before it may start, in milliseconds. */
  delayMs?: number
  /**
   * From 1 to 2,097,152. Of the waiting jobs of a kind, those with the lowest number are started first, and equal ones in the order in which they were added. Default 0:
   * before all jobs that have a priority. For fair shares, use the position of the job among those of the same user.
   */
  priority?: number
}

export type JobMaker<S extends z.ZodType = z.ZodType> = JobDefinition<S> & ((payload: z.output<S>, turn?: Turn) => NewJob<S>)

const defaults = { timeoutMs: 60_000, expiresAfterMs: Infinity, version: 1 }

/** Declares a job: `const MakeRenditions = job('media.make-renditions', z.object({ mediaId: Id }))`. Its payload holds ids, never documents or secrets. */
export function job<S extends z.ZodType>(jobName: string, schema: S, options: JobOptions = {}): JobMaker<S> {
  const [module, name] = jobName.split('.')
  if (module === undefined || name === undefined) throw new Error(`job ${jobName}: a name is <module>.<verb-noun>`)
  const definition: JobDefinition<S> = { jobName, module, schema, ...defaults, ...options }
  const make = (payload: z.output<S>, { delayMs = 0, priority = 0 }: Turn = {}): NewJob<S> => ({
    definition,
    payload: assertStorable(schema.parse(payload)),
    delayMs,
    priority,
  })
  return Object.assign(make, definition)
}
