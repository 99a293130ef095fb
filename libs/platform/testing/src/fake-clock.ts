import { Clock } from '@kilomega/ports'

/** Time that passes only when a test says so. */
export class FakeClock extends Clock {
  private nowMs: number

  constructor(start = '2026-01-01T00:00:00.000Z') {
    super()
    this.nowMs = Date.parse(start)
  }

  now(): Date {
    return new Date(this.nowMs)
  }

  advance(ms: number): void {
    this.nowMs += ms
  }
}
