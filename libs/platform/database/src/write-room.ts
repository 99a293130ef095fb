import { AppError } from '@kilomega/ports'

/** A write that found no room says so for this long: every process writes more often than that, so a full disk stays in sight. Milliseconds. */
const seenForMs = 60_000

/** Whether the server has room for what is written, as the writes of this process find it. Reads go on without. */
export class WriteRoom {
  private refusedAtMs = -Infinity

  /** What a write failed with; other errors say nothing of room. */
  note(error: unknown): void {
    if (error instanceof AppError && error.code === 'DATABASE_FULL') this.refusedAtMs = performance.now()
  }

  /** Throws where a write of the last minute found none. */
  check(): void {
    if (performance.now() - this.refusedAtMs < seenForMs) throw new Error('the disk of the database is full: writes fail')
  }
}
