import type { Implementation, Registration } from '@kilomega/messaging'
import { outboxName } from './outbox-jobs.js'
import { handlersOf } from './runs.js'

/** The subscriber whose deliveries are the jobs of a kind. */
export const jobSubscriber = (jobName: string): string => `queue:${jobName}`

/** The kinds of job of some modules. */
export const jobRegistrationsOf = (implementations: readonly Implementation[]): Registration[] =>
  implementations
    .flatMap(({ jobs }) => jobs.flatMap(handlersOf))
    .map(({ job: { module, jobName } }) => ({ schema: module, eventName: outboxName(jobName), subscriber: jobSubscriber(jobName) }))
