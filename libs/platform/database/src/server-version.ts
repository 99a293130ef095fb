import type { Client } from 'pg'
import { MigrationError } from './migrations/migration-error.js'

/** The oldest supported major version of PostgreSQL: `uuidv7()` and `RETURNING old` came with 18. */
export const oldestVersion = 18

/** Refuses an older server, before anything else is done with it. */
export async function requireVersion(client: Client, oldest = oldestVersion): Promise<void> {
  const { rows } = await client.query<{ number: number; text: string }>(
    `SELECT current_setting('server_version_num')::int AS number, split_part(current_setting('server_version'), ' ', 1) AS text`,
  )
  const { number, text } = rows[0]!
  if (number >= oldest * 10_000) return
  throw new MigrationError(
    `The database at ${client.host}:${client.port} is PostgreSQL ${text}, and ${oldest} or later is needed (for uuidv7() and RETURNING old): upgrade it, or leave DATABASE_URL out to use the PostgreSQL that comes along in development`,
  )
}
