/** What each call adds: one retry for ten calls, so that a dependency in trouble gets at most a tenth more to do. */
const perCall = 0.1
/** Retries that may be saved up: enough for a rolling restart after a quiet night. */
const most = 10

/** How many repeats callers of one port may make: retries help against a blip and would drown what is down. */
export class RetryBudget {
  private saved = most

  /** A first try. */
  earn(): void {
    if (this.saved < most) this.saved += perCall
  }

  /** True where a repeat may be made now. */
  take(): boolean {
    if (this.saved < 1) return false
    this.saved -= 1
    return true
  }
}
