/** A set whose members expire; each is added with a later expiry than the earlier ones. */
export class RecentIds {
  private readonly untilMs = new Map<string, number>()

  has(id: string): boolean {
    return this.untilMs.has(id)
  }

  /** Adding an id again extends its time, so it moves to the end of the Map, which keeps the order of insertion. */
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
