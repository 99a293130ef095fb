/** Wall-clock time for what the business sees. Time-outs never use it: they run on the monotonic clock, which no clock change can move. */
export abstract class Clock {
  abstract now(): Date

  /** The same in milliseconds since 1970, for whoever asks at each request: no object is made. */
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
