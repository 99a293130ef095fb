/** A set whose members leave when their time is over; each is added with a later time than those before it. */
export class RecentIds {
  private readonly untilMs = new Map<string, number>()

  has(id: string): boolean {
    return this.untilMs.has(id)
  }

  /** Adding an id once more keeps it for longer, so it moves to the end of the Map, which keeps the order of insertion. */
  add(ids: readonly string[], untilMs: number, nowMs: number): void {
    for (const [id, until] of this.untilMs) {
      if (until > nowMs) break
      this.untilMs.delete(id)
    }
    for (const id of ids) {
      this.untilMs.delete(id)
      this.untilMs.set(id, untilMs)
    }
  }
}
