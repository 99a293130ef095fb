import { assertStorable } from '@kilomega/ports'
import type { z } from 'zod'

export interface JobOptions {
  /** Starts at most, the first included; then the job is a dead letter with its last error. `QUEUE_ATTEMPTS` unless told otherwise. A start that is cut short by the end of its process, or that found a dependency unavailable, does not count. */
  attempts?: number
  /** Wait before the second start, milliseconds; it doubles with each further one, with full jitter. `QUEUE_BACKOFF_MS` unless told otherwise. */
  backoffMs?: number
  /** The longest of these waits, milliseconds. `QUEUE_BACKOFF_MAX_MS` unless told otherwise. */
  backoffMaxMs?: number
  /**
   * What one start may take, milliseconds: the deadline of the call in which the job runs. Then its signal aborts, and the start has failed, whatever the method
   * does later.
   */
  timeoutMs?: number
  /** How long the work is worth doing, milliseconds from when it was to begin: a job that comes later is a dead letter and not started. For ever unless told otherwise. */
  expiresAfterMs?: number
  /** Of the payload's schema; raised by a change that older workers cannot read. A worker lets jobs of a version that it does not know wait for another one. */
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

/** When a job is done. */
export interface Turn {
  /** Not before so long, milliseconds. */
  delayMs?: number
  /**
   * Of the jobs of its kind that wait, those with the lowest number are done first, from 1 to 2,097,152, and equal ones in their order. 0, unless told otherwise: before
   * all that have one. For fair shares it is the place of the job in the line of whoever caused it.
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
