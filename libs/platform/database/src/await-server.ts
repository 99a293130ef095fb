import { setTimeout as wait } from 'node:timers/promises'
import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { isUnavailable } from './database-errors.js'

/** An attempt costs both sides some 10 ms and the port a connection, milliseconds. */
const retryMs = 250
/** A host that swallows packets answers nothing at all, milliseconds. */
const longestAttemptMs = 5_000

/**
 * Waits while the server takes no connections yet: its name is not known, its port is closed, it starts or recovers. Told once, with the reason of the
 * first attempt, when there is something to wait for. Never rejects and promises no connection: what waiting does not mend (a wrong password, a database
 * that is not there), and a server that has not come in time, are told by whoever connects next.
 */
export async function awaitServer(url: Secret, waitMs: number, onWait: (reason: string) => void): Promise<void> {
  const untilMs = performance.now() + waitMs
  for (let told = false; ; told = true) {
    const leftMs = untilMs - performance.now()
    if (leftMs <= 0) return
    const error = await attempt(url, Math.min(leftMs, longestAttemptMs))
    if (!isUnavailable(error)) return
    if (!told) onWait(reasonOf(error))
    await wait(Math.max(0, Math.min(retryMs, untilMs - performance.now())))
  }
}

/** Why there was no connection, in a few words. A name with several addresses has an error for each of them, and no words for all. */
export function reasonOf(error: unknown): string {
  const { message, code } = error as { message: string; code?: string }
  return message || code || 'no reason given'
}

/** Why there was no connection; nothing where there was one. */
async function attempt(url: Secret, withinMs: number): Promise<unknown> {
  const client = new Client({ connectionString: url.reveal(), connectionTimeoutMillis: withinMs, application_name: 'kilomega start' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return error
  } finally {
    client.end().catch(() => undefined)
  }
}
