import { Client } from 'pg'
import { Secret } from '@kilomega/config'
import { openDatabases, outcome, startServer } from '../test/server.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'
import { migrate } from './migrations/migrate.js'
import { checkSchemas } from './migrations/schema-check.js'
import { requireVersion } from './server-version.js'

let server: EmbeddedPostgres
let folder: string
beforeAll(async () => void ({ server, folder } = await startServer()))
afterAll(() => EmbeddedPostgres.remove(folder))

const withOptions = (options: string): EmbeddedPostgres => {
  const url = new URL(server.url.reveal())
  url.searchParams.set('options', options)
  return { url: new Secret(url.href) } as EmbeddedPostgres
}

describe("a server of one's own", () => {
  it.each(['-c TimeZone=America/New_York -c work_mem=9MB', '--work_mem=9MB -c DateStyle=German'])(
    'may be given %s, and sessions keep the time format',
    async (options) => {
      const { databases } = await openDatabases(withOptions(options))
      const sql = `SELECT current_setting('TimeZone') AS zone, current_setting('work_mem') AS memory, '2026-01-01T00:00:00Z'::timestamptz AS time`
      const rows = await databases.of('test').read((queryable) => queryable.query(sql))
      expect(rows).toEqual([{ zone: 'UTC', memory: '9MB', time: '2026-01-01T00:00:00.000Z' }])
      await databases.close()
    },
  )

  it('that is too old is refused with both versions and a way out', async () => {
    const client = new Client({ connectionString: server.url.reveal() })
    await client.connect()
    const { message } = await outcome(requireVersion(client, 99))
    expect(message).toMatch(/is PostgreSQL 18\.\d+, and 99 or later is needed .*: upgrade it, or leave DATABASE_URL out/)
    await expect(requireVersion(client)).resolves.toBeUndefined()
    await client.end()
  })

  it.each([
    ['migrating', () => migrate(server.url, [{ schema: 'late', migrations: [] }], { oldest: 99 })],
    ['starting', () => checkSchemas(server.url, [{ schema: 'late', migrations: [] }], { oldest: 99 })],
  ])('that is too old is refused before anything is done: %s', async (_, work) => {
    expect((await outcome(work())).message).toContain('99 or later')
    const client = new Client({ connectionString: server.url.reveal() })
    await client.connect()
    expect((await client.query(`SELECT FROM pg_namespace WHERE nspname = 'late'`)).rowCount).toBe(0)
    await client.end()
  })
})
