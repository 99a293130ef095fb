import type { Signals } from '@kilomega/observability'

/** What is removed, and how much of it in one run. */
export interface RemovalInBatches {
  /** Rows in one statement. */
  batch: number
  /** Rows in one run. */
  most: number
  /** Removes up to so many and answers how many there were. */
  remove: (limit: number) => Promise<number>
}

/** What is removed by its age: the oldest first, and in one run well more than a run usually finds. */
export interface BoundedRemoval extends RemovalInBatches {
  /** As the signal names it, as in `identity.session`. */
  what: string
}

/** Removes batch after batch, up to what one run may remove. `done`: nothing is left. */
export async function removeInBatches({ batch, most, remove }: RemovalInBatches): Promise<{ removed: number; done: boolean }> {
  for (let removed = 0; removed < most;) {
    const limit = Math.min(batch, most - removed)
    const count = await remove(limit)
    removed += count
    if (count < limit) return { removed, done: true }
  }
  return { removed: most, done: false }
}

/**
 * Removes what is too old, batch after batch. A run that finds more than it may remove stops and says so (`retention.stopped`): the next one goes on, and where a
 * clock was wrong somebody has the time to see it. Answers how many were removed.
 */
export async function removeBounded({ what, ...removal }: BoundedRemoval, signals: Signals): Promise<number> {
  const { removed, done } = await removeInBatches(removal)
  if (!done) signals.emit('retention.stopped', { what, removed })
  return removed
}
