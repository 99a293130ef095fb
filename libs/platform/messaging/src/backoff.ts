/** Full jitter: a random wait from 0 to the doubled one, at most `longestMs`, so that what failed together is not retried together. `attempt` is 1 after the first failure. */
export const backoffMs = (attempt: number, firstMs: number, longestMs: number, random: () => number = Math.random): number =>
  Math.ceil(random() * Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 50)))
