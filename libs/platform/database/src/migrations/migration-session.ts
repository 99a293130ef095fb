import type { Client } from 'pg'

const limits = `SET lock_timeout = '5min'; RESET statement_timeout`

/** Not every platform of a server can ask whether its client is still there; then the server notices it at the end of the statement. */
const endWithClient = `SET client_connection_check_interval = '1s'`

/** The limits between steps; each step has its own. */
export async function resetLimits(client: Client): Promise<void> {
  await client.query(limits)
}

/** Prepares the connection of a migrating process. If the process is killed, the server ends its statement and frees its lock within a second. */
export async function prepareSession(client: Client): Promise<void> {
  await resetLimits(client)
  await client.query(endWithClient).catch(() => undefined)
}
