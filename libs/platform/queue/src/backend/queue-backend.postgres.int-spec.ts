import { loadConfig } from '@kilomega/config'
import { openDatabase, SignalsRecorder, type TestDatabase } from '@kilomega/testing'
import type { Pool } from 'pg'
import { QueueConfig } from '../queue.config.js'
import { PostgresQueueBackend } from './queue-backend.postgres.js'

let database: TestDatabase
let backend: PostgresQueueBackend

beforeAll(async () => {
  database = await openDatabase({ schema: 'test', migrations: [] })
  backend = new PostgresQueueBackend(database.config, loadConfig([QueueConfig], {}).get(QueueConfig), new SignalsRecorder())
})
afterAll(async () => {
  await backend.close()
  await database.close()
})

describe('the queue in Postgres', () => {
  it('survives when the server ends a connection that is in use', async () => {
    const client = await (backend.options.connection as unknown as Pool).connect()
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const ended = new Promise<void>((resolve) => client.on('end', resolve))
    await database.database.read((queryable) => queryable.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]))
    await ended
    client.release()
  })
})
