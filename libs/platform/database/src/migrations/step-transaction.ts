import type { Client } from 'pg'

/** With a `lock_timeout` of 2 s, a step blocks other transactions for 2 s at most, then lets them pass before it tries again. */
const beginStep = `BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = 0`

/** Runs work in a transaction that waits for locks for 2 s at most. */
export async function inStepTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query(beginStep)
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // On a lost connection there is nothing to roll back, and the first error says why.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
