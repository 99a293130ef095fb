import { CurrentCall, originOf, runCall, system } from '@kilomega/ports'
import { type OpenedDatabases, openDatabases, startServer } from '../test/server.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'

let server: EmbeddedPostgres
let folder: string
let opened: OpenedDatabases

beforeAll(async () => {
  ;({ server, folder } = await startServer())
})
beforeEach(async () => {
  opened = await openDatabases(server, { DATABASE_SLOW_STATEMENT_MS: '20' })
  await opened.databases.of('notes').write(async (transaction) => {
    await transaction.query('DROP SCHEMA IF EXISTS notes CASCADE')
    await transaction.query('CREATE SCHEMA notes')
    await transaction.query('CREATE TABLE notes.note (id int PRIMARY KEY, text text)')
  })
  opened.signals.recorded.length = 0
})
afterAll(() => EmbeddedPostgres.remove(folder))

it('a slow statement is logged with its plan and without its parameters', async () => {
  const sql = 'SELECT pg_sleep($2), found FROM (SELECT max(id) AS found FROM notes.note WHERE text = $1) AS note'
  await opened.databases.of('notes').read((queryable) => queryable.query(sql, ['a secret text', 0.05]))
  await opened.databases.close()
  const [logged, ...more] = opened.signals.of('database.slow-statement')
  expect(more).toEqual([])
  expect(logged).toMatchObject({ schema: 'notes', sql })
  expect(logged!['durationMs']).toBeGreaterThanOrEqual(50)
  expect(logged!['plan']).toMatch(/\n\s+Index Scan using note_pkey on note .* Filter: \(text = \?::text\)/)
  expect(JSON.stringify(opened.signals.recorded)).not.toContain('secret')
})

it('a slow statement is logged with the request for which it was sent, and with the operation of the port', async () => {
  const command = { name: 'notes.list', input: {} }
  const call = new CurrentCall({ actor: system, trace: { requestId: 'r' }, command, origin: originOf('GET /v1/notes') })
  await runCall(call, () => opened.databases.of('notes').read((queryable) => queryable.query('SELECT pg_sleep($1)', [0.05])))
  await opened.databases.of('notes').read((queryable) => queryable.query('SELECT pg_sleep($1)', [0.05]))
  await opened.databases.close()
  const [logged, outside] = opened.signals.of('database.slow-statement')
  expect(logged).toMatchObject({ route: 'GET /v1/notes', operation: 'notes.list' })
  expect(outside).not.toHaveProperty('route')
})

it('a slow change is explained and not run again', async () => {
  const notes = opened.databases.of('notes')
  await notes.write((transaction) => transaction.query('INSERT INTO notes.note SELECT $1::int FROM pg_sleep($2)', [1, 0.05]))
  expect(await notes.read((queryable) => queryable.query('SELECT count(*) FROM notes.note'))).toEqual([{ count: 1 }])
  await opened.databases.close()
  expect(opened.signals.of('database.slow-statement')[0]!['plan']).toContain('ModifyTable on note')
})

it('the plan of the same statement is requested once a minute, and a flood of lines is limited', async () => {
  const notes = opened.databases.of('notes')
  await Promise.all(Array.from({ length: 40 }, () => notes.read((queryable) => queryable.query('SELECT pg_sleep($1)', [0.025]))))
  await opened.databases.close()
  const logged = opened.signals.of('database.slow-statement')
  expect(logged.filter(({ plan }) => plan !== undefined)).toHaveLength(1)
  expect(logged.length).toBeLessThanOrEqual(20)
})

it('a fast statement is not logged', async () => {
  await opened.databases.of('notes').read((queryable) => queryable.query('SELECT 1'))
  await opened.databases.close()
  expect(opened.signals.of('database.slow-statement')).toEqual([])
})
