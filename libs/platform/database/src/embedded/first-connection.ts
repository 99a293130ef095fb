import { Client } from 'pg'
import { withIdentifiers } from '../with-identifiers.js'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'
import { superuser } from './postgres-cluster.js'

export interface Address {
  port: number
  password: string
  database: string
}

export const urlOf = ({ port, password, database }: Address): string => `postgres://${superuser}:${password}@127.0.0.1:${port}/${database}`

/** Creates the database if it is missing. Also proves that the server accepts our password. */
export async function ensureDatabase(address: Address): Promise<void> {
  const client = new Client({ connectionString: urlOf({ ...address, database: 'postgres' }), connectionTimeoutMillis: 10_000 })
  // Without a listener, a server that exits at this moment would take the process that started it down too.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [address.database])
    if (found.rowCount === 0) await client.query(withIdentifiers('CREATE DATABASE %I', address.database))
  } catch (cause) {
    if ((cause as { code?: string }).code !== '28P01') throw cause
    throw new EmbeddedPostgresError(
      'PASSWORD_LOST',
      'The password file beside the data folder is not the one of this cluster: restore the original file',
      { cause },
    )
  } finally {
    await client.end()
  }
}
