const longestMs = 15 * 60_000

/** Full jitter: somewhere between 0 and the doubled wait, so that what failed together does not come back together. */
export const backoffMs = (attempt: number, firstMs: number, random: () => number = Math.random): number =>
  Math.ceil(random() * Math.min(longestMs, firstMs * 2 ** (attempt - 1)))
