/** Wall-clock time for business logic. Timeouts never use it: they run on the monotonic clock, which clock changes do not affect. */
export abstract class Clock {
  abstract now(): Date

  /** The same in milliseconds since 1970, without creating an object; for code that runs for each request. */
  nowMs(): number {
    return this.now().getTime()
  }
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date()
  }

  override nowMs(): number {
    return Date.now()
  }
}
