/** Wall-clock time for what the business sees. Time-outs never use it: they run on the monotonic clock, which no clock change can move. */
export abstract class Clock {
  abstract now(): Date
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date()
  }
}
