import { setTimeout as wait } from 'node:timers/promises'
import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { isUnavailable } from './database-errors.js'

/** In milliseconds. An attempt costs each side some 10 ms and uses up a local port. */
const retryMs = 250
/** In milliseconds. A host that drops packets never answers at all. */
const longestAttemptMs = 5_000

/**
 * Waits while the server does not accept connections yet: its name does not resolve, its port is closed, or it is starting or recovering. If there is
 * something to wait for, this is reported once, with the reason the first attempt failed. Never rejects, and guarantees no connection: a fault that waiting
 * does not fix (a wrong password, a missing database) and a server that is not up in time are reported by the next piece of code that connects.
 */
export async function awaitServer(url: Secret, waitMs: number, onWait: (reason: string) => void): Promise<void> {
  const untilMs = performance.now() + waitMs
  for (let reported = false; ; reported = true) {
    const leftMs = untilMs - performance.now()
    if (leftMs <= 0) return
    const error = await attempt(url, Math.min(leftMs, longestAttemptMs))
    if (!isUnavailable(error)) return
    if (!reported) onWait(reasonOf(error))
    await wait(Math.max(0, Math.min(retryMs, untilMs - performance.now())))
  }
}

/** Why there was no connection, in a few words. If a name has several addresses, the error holds one error for each and has no message of its own. */
export function reasonOf(error: unknown): string {
  const { message, code } = error as { message: string; code?: string }
  return message || code || 'no reason given'
}

/** Why there was no connection; undefined if there was one. */
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
