/** What an outbox owes to the queue of a kind of job is owed to this subscriber. */
export const jobSubscriber = (jobName: string): string => `queue:${jobName}`
