import { Clock } from '@kilomega/ports'

/** Time that passes only when a test says so. */
export class FakeClock extends Clock {
  private atMs: number

  constructor(start = '2026-01-01T00:00:00.000Z') {
    super()
    this.atMs = Date.parse(start)
  }

  now(): Date {
    return new Date(this.atMs)
  }

  advance(ms: number): void {
    this.atMs += ms
  }
}
