/** Full jitter: somewhere between 0 and the doubled wait, at most `longestMs`, so that what failed together does not come back together. `attempt` is 1 after the first failure. */
export const backoffMs = (attempt: number, firstMs: number, longestMs: number, random: () => number = Math.random): number =>
  Math.ceil(random() * Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 50)))
