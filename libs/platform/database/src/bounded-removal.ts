import type { Signals } from '@kilomega/observability'

/** What is removed, and how much of it in one run. */
export interface RemovalInBatches {
  /** Rows per statement. */
  batch: number
  /** Rows per run, well above what a run usually finds. */
  most: number
  /** Removes up to this many rows and returns how many it removed. */
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
 * Removes what is too old, batch after batch. A run that finds more than it may remove stops and emits `retention.stopped`. The next run goes on. If a clock
 * was wrong, this leaves time for a person to notice. Returns how many rows were removed.
 */
export async function removeBounded({ what, ...removal }: BoundedRemoval, signals: Signals): Promise<number> {
  const { removed, done } = await removeInBatches(removal)
  if (!done) signals.emit('retention.stopped', { what, removed })
  return removed
}
