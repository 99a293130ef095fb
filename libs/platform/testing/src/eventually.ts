import { setTimeout as wait } from 'node:timers/promises'

const pollMs = 10

/**
 * Waits for something that happens by itself: tries `check` until it neither throws nor returns `false`, and returns its result. After the deadline it throws
 * the error of the last try.
 */
export async function eventually<T>(check: () => T | Promise<T>, deadlineMs = 5_000): Promise<T> {
  const untilMs = performance.now() + deadlineMs
  for (;;) {
    try {
      const answer = await check()
      if (answer !== false) return answer
      if (performance.now() > untilMs) throw new Error(`not within ${deadlineMs} ms`)
    } catch (error) {
      if (performance.now() > untilMs) throw error
    }
    await wait(pollMs)
  }
}
