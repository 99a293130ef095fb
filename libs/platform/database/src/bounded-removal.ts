import type { Signals } from '@kilomega/observability'

/** What is removed by age, and how much of it in one run. */
export interface BoundedRemoval {
  /** The name used in the signal, for example `identity.session`. */
  what: string
  /** Rows per statement. */
  batch: number
  /** Rows per run, well above what a run usually finds. */
  most: number
  /** Removes up to this many rows, the oldest first, and returns how many it removed. */
  remove: (limit: number) => Promise<number>
}

/**
 * Removes what is too old, batch after batch. A run that finds more than it may remove stops and emits `retention.stopped`. The next run goes on. If a clock
 * was wrong, this leaves time for a person to notice. Returns how many rows were removed.
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
