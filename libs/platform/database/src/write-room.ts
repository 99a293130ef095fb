import { AppError } from '@kilomega/ports'

/** In milliseconds: how long a write that found the disk full is reported. Every process writes more often than that, so a full disk stays visible. */
const seenForMs = 60_000

/** Whether the server has disk space for writes, judged by the writes of this process. Reads work without it. */
export class WriteRoom {
  private refusedAtMs = -Infinity

  /** Records the error of a failed write; only errors about disk space count. */
  note(error: unknown): void {
    if (error instanceof AppError && error.code === 'DATABASE_FULL') this.refusedAtMs = performance.now()
  }

  /** Throws if a write of the last minute found the disk full. */
  check(): void {
    if (performance.now() - this.refusedAtMs < seenForMs) throw new Error('the disk of the database is full: writes fail')
  }
}
