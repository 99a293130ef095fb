import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { MigrationError } from './migration-error.js'

/** The same key in all versions: two processes that migrate at once wait for each other. */
const lockKey = 7_215_360_914
const waitMs = 300_000
const turnMs = 250

/**
 * Takes the lock that only one migrating process of a database has, until its connection ends. Asks again and again instead of waiting in one statement: an index that
 * is built concurrently waits for every running statement, and would wait for the one that waits for it.
 */
export async function lockMigrations(client: Client): Promise<void> {
  const deadline = performance.now() + waitMs
  while (!(await tryLock(client))) {
    if (performance.now() > deadline) throw new MigrationError('another process has been migrating this database for 5 minutes')
    await wait(turnMs)
  }
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [lockKey])
  return rows[0]!.locked
}
