/** A check that is repeated at an interval. */
export interface Poll {
  stop(): void
}

/**
 * Repeats `look` every `everyMs` milliseconds. The first time is at a random moment within the first interval: otherwise dozens of loops that start with the process
 * would look at the same moment, and take every connection.
 */
export function pollEvery(everyMs: number, look: () => void): Poll {
  let interval: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    look()
    interval = setInterval(look, everyMs)
  }, Math.random() * everyMs)
  return {
    stop: () => {
      clearTimeout(first)
      clearInterval(interval)
    },
  }
}
