import type { Secret } from '@kilomega/config'
import { Client } from 'pg'

/** One connection beside the pools, by which a server is asked how it is. Each of its waits ends after `withinMs`. `name` is shown in `pg_stat_activity`. */
export async function openProbe(url: Secret, { withinMs, name }: { withinMs: number; name: string }): Promise<Client> {
  const client = new Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    keepAlive: true,
    application_name: name,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    void client.end()
    throw error
  }
}
