import { setTimeout as wait } from 'node:timers/promises'

const pollMs = 10

/**
 * Waits for what happens by itself: tries `check` until it neither throws nor answers `false`, and gives back its answer. At the deadline it throws
 * what the last try threw.
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
