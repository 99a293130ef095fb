/** Retries that each call earns: one for ten calls, so that a failing dependency gets at most a tenth more calls. */
const perCall = 0.1
/** The most retries that can be saved up: enough for a rolling restart after a quiet night. */
const most = 10

/** How many retries the callers of one port may make: retries help with short failures, but would overload a service that is down. */
export class RetryBudget {
  private saved = most

  /** Called for the first attempt of each call. */
  earn(): void {
    if (this.saved < most) this.saved += perCall
  }

  /** Takes one retry. Returns false if none is left. */
  take(): boolean {
    if (this.saved < 1) return false
    this.saved -= 1
    return true
  }
}
