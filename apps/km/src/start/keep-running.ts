import { setTimeout as sleep } from 'node:timers/promises'

const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** After running for this long, in milliseconds, a process counts as stable: when it ends again, pauses start from the shortest. */
const stableAfterMs = 60_000

export interface Restarts {
  /** Resolves with a message when the process has ended by itself. After a stop it may never resolve. */
  ended: () => Promise<string>
  /** Never rejects: `ended` reports what went wrong. */
  start: () => Promise<void> | void
  say: (text: string) => void
  stop: AbortSignal
}

/** Starts a process again whenever it ends by itself, after a pause that doubles from 1 to 30 seconds, until `stop` aborts. */
export async function keepRunning({ ended, start, say, stop }: Restarts): Promise<void> {
  let pauseMs = firstPauseMs
  while (!stop.aborted) {
    const startedMs = performance.now()
    const message = await ended()
    if (stop.aborted) return
    if (performance.now() - startedMs > stableAfterMs) pauseMs = firstPauseMs
    say(`${message}\nIt is started again in ${pauseMs / 1_000} s.`)
    await sleep(pauseMs, undefined, { signal: stop, ref: false }).catch(() => undefined)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    if (!stop.aborted) await start()
  }
}
