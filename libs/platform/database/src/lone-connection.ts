import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { reasonOf } from './await-server.js'
import { MigrationError } from './migrations/migration-error.js'

const connectWithinMs = 10_000

/** Runs work on one connection outside any pool, before the process that owns the pool exists. */
export async function withLoneConnection<T>(url: Secret, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url.reveal(), connectionTimeoutMillis: connectWithinMs, application_name: 'kilomega schema' })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    const where = `${client.host}:${client.port}`
    throw new MigrationError(`The database at ${where} takes no connection (${reasonOf(error)}): start it, or correct DATABASE_URL`, { cause: error })
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
