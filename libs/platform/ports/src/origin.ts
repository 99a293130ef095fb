/** What work is done for: a request, a job, an event. The calls of ports that it makes in this process belong to it too. */
export interface Origin {
  /** `GET /v1/posts/:id`, `job media.make-renditions`, `event search.remove:content.post-removed`, `task analytics.write-events` */
  readonly name: string
  /** The SQL statements that this process has sent for it so far. */
  statements: number
}

/** The origin of work that starts in this process. */
export const originOf = (name: string): Origin => ({ name, statements: 0 })
