interface Seen {
  atMs: number
  freshness: string
}

/** A minute at four a second: a replica that is further behind is out of use anyway. */
const remembered = 240

/** Where the primary was in its log, and when. By it the lag of a replica is a time, also while nothing is written. */
export class PrimaryLog {
  private readonly seen: Seen[] = []

  note(freshness: string, atMs: number): void {
    if (freshness === this.seen.at(-1)?.freshness) return
    this.seen.push({ atMs, freshness })
    if (this.seen.length > remembered) this.seen.shift()
  }

  /** How old the oldest write is that a replica at this freshness lacks, in milliseconds; to the precision of the questions. */
  lagMs(freshness: string, nowMs: number): number {
    const missing = this.seen.find((seen) => seen.freshness > freshness)
    return missing === undefined ? 0 : nowMs - missing.atMs
  }
}
