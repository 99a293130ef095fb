import { setTimeout as wait } from 'node:timers/promises'
import { AppError, CurrentCall, currentCall, runCall, system } from '@kilomega/ports'

/** Wait between attempts, in milliseconds: short, so that no other process can take the work over when the database is back. */
const retryMs = 250
const attemptTimeoutMs = 10_000
/** After this time, in milliseconds, it gives up and leaves the work to the next attempt of another process. */
const giveUpAfterMs = 3_600_000

const isTemporary = (error: unknown): boolean => error instanceof AppError && (error.kind === 'unavailable' || error.kind === 'deadline')

/** Writes an outcome that only this process knows. Retries while the database is away, for up to an hour, beyond the deadline of the call that produced it. */
export async function keepTrying<T>(write: () => Promise<T>): Promise<T> {
  const { trace, key, origin } = currentCall()
  for (const untilMs = performance.now() + giveUpAfterMs; ; await wait(retryMs)) {
    const call = new CurrentCall({ actor: system, trace, key, origin, deadlineMs: performance.now() + attemptTimeoutMs })
    try {
      return await runCall(call, write)
    } catch (error) {
      if (!isTemporary(error) || performance.now() > untilMs) throw error
    }
  }
}
