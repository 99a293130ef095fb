import type { Signals } from '@kilomega/observability'

/** What is removed by its age, and how much of it in one run. */
export interface BoundedRemoval {
  /** As the signal names it, as in `identity.session`. */
  what: string
  /** Rows in one statement. */
  batch: number
  /** Rows in one run, well above what a run usually finds. */
  most: number
  /** Removes up to so many, the oldest first, and answers how many there were. */
  remove: (limit: number) => Promise<number>
}

/**
 * Removes what is too old, batch after batch. A run that finds more than it may remove stops and says so (`retention.stopped`): the next one goes on, and where a
 * clock was wrong somebody has the time to see it. Answers how many were removed.
 */
export async function removeBounded({ what, batch, most, remove }: BoundedRemoval, signals: Signals): Promise<number> {
  for (let removed = 0; removed < most;) {
    const limit = Math.min(batch, most - removed)
    const count = await remove(limit)
    removed += count
    if (count < limit) return removed
  }
  signals.emit('retention.stopped', { what, removed: most })
  return most
}
