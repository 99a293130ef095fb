import { randomBytes } from 'node:crypto'
import type { Secret } from '@kilomega/config'
import type { Client } from 'pg'
import { MigrationError } from './migrations/migration-error.js'
import { openProbe } from './probe-connection.js'
import { withIdentifiers } from './with-identifiers.js'

/** In milliseconds. A pooler whose connections are all in use answers nothing meanwhile. */
const withinMs = 5_000

/** What of a session stays between two transactions of one client. */
export interface KeptOfSessions {
  /** Settings: without them notifications are lost, and the client is behind a pooler in transaction mode. */
  settings: boolean
  /** Prepared statements: PgBouncer keeps them from 1.21 on, if `max_prepared_statements` is not 0. */
  names: boolean
}

/** Finds out with two clients: while one holds the connection that the other has used, the other gets another one from a pooler. */
export async function sessionsOf(url: Secret): Promise<KeptOfSessions> {
  const [client, other] = await Promise.all([openProbe(url, { withinMs, name: 'kilomega' }), openProbe(url, { withinMs, name: 'kilomega' })])
  try {
    const mark = randomBytes(8).toString('hex')
    const statement = { name: `k${mark}`, text: `SELECT current_setting('kilomega.mark', true) AS mark` }
    await client.query(`SELECT set_config('kilomega.mark', $1, false)`, [mark])
    await client.query(statement)
    await other.query('BEGIN')
    await other.query('SELECT')
    return await kept(client, statement, mark)
  } finally {
    await Promise.allSettled([client.end(), other.end()])
  }
}

async function kept(client: Client, statement: { name: string; text: string }, mark: string): Promise<KeptOfSessions> {
  try {
    const { rows } = await client.query<{ mark: string | null }>(statement)
    return { settings: rows[0]!.mark === mark, names: true }
  } catch {
    return { settings: false, names: false }
  }
}

/** Throws unless each client at this address has a session of its own. */
export async function requireOwnSessions(url: Secret): Promise<void> {
  if ((await sessionsOf(url)).settings) return
  throw new MigrationError(
    'DATABASE_URL leads to a pooler in transaction mode, where notifications are lost: set DATABASE_POOLER_URL to it, and DATABASE_URL to the server itself',
  )
}

/** What our sessions need, as the account must have it where a pooler opens them. */
const needed = [
  { name: 'TimeZone', isGood: (value: string) => value === 'UTC', set: "TimeZone = 'UTC'" },
  { name: 'DateStyle', isGood: (value: string) => value.startsWith('ISO'), set: "DateStyle = 'ISO'" },
  { name: 'IntervalStyle', isGood: (value: string) => value === 'iso_8601', set: "IntervalStyle = 'iso_8601'" },
  { name: 'statement_timeout', isGood: (value: string) => value !== '0', set: "statement_timeout = '30s'" },
  { name: 'idle_in_transaction_session_timeout', isGood: (value: string) => value !== '0', set: "idle_in_transaction_session_timeout = '10s'" },
]

/** Throws with the statements that mend it if the sessions behind a pooler have other settings than ours. */
export async function requireSettings(url: Secret): Promise<void> {
  const client = await openProbe(url, { withinMs, name: 'kilomega' })
  try {
    const { rows } = await client.query<{ name: string; setting: string; account: string }>(
      'SELECT name, setting, current_user AS account FROM pg_settings WHERE name = ANY ($1)',
      [needed.map(({ name }) => name)],
    )
    const wrong = needed.filter(({ name, isGood }) => !rows.some((row) => row.name === name && isGood(row.setting)))
    if (wrong.length === 0) return
    const account = withIdentifiers('%I', rows[0]!.account)
    const mends = wrong.map(({ set }) => ['ALTER ROLE', account, 'SET', set].join(' '))
    throw new MigrationError(
      `The sessions behind DATABASE_POOLER_URL need other settings. Run this once, and let the pooler connect again: ${mends.join('; ')}`,
    )
  } finally {
    await client.end()
  }
}
