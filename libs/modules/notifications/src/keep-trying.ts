import { setTimeout as wait } from 'node:timers/promises'
import { AppError, CurrentCall, currentCall, runCall, system } from '@kilomega/ports'

/** Before anybody else can take the work over when the database is back, milliseconds. */
const againMs = 250
const oneTryMs = 10_000
/** Then it is left to whoever looks at it next, milliseconds. */
const forMs = 3_600_000

const passes = (error: unknown): boolean => error instanceof AppError && (error.kind === 'unavailable' || error.kind === 'deadline')

/** Writes what is known here and nowhere else, however long the database is away, up to an hour: beyond the deadline of the call in which it became known. */
export async function keepTrying<T>(write: () => Promise<T>): Promise<T> {
  const { trace, key } = currentCall()
  for (const untilMs = performance.now() + forMs; ; await wait(againMs)) {
    const call = new CurrentCall({ actor: system, trace, key, deadlineMs: performance.now() + oneTryMs })
    try {
      return await runCall(call, write)
    } catch (error) {
      if (!passes(error) || performance.now() > untilMs) throw error
    }
  }
}
