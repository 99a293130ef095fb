/** What looks again and again. */
export interface Poll {
  stop(): void
}

/**
 * Looks every so many milliseconds, first at some time within the first of them: dozens of loops that begin with the process would else look at the same moment, and
 * take every connection for it.
 */
export function everySo(everyMs: number, look: () => void): Poll {
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
