import type { Client } from 'pg'
import { EmbeddedPostgres } from '../embedded/embedded-postgres.js'
import { connected } from '../../test/audited.js'
import { newFolder } from '../../test/server.js'
import { auditDatabase } from './audit.js'
import { type AuditLimits, auditLimits } from './audit-limits.js'

const folder = newFolder()
let server: EmbeddedPostgres
let client: Client

/** A durable server, because others keep no slots, with the extension that counts statements. */
beforeAll(async () => {
  const first = await EmbeddedPostgres.start({ folder, port: 0 })
  const setting = await connected(first.url.reveal())
  await setting.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
  await setting.end()
  await first.stop()
  server = await EmbeddedPostgres.start({ folder, port: 0 })
  client = await connected(server.url.reveal())
  await client.query('CREATE SCHEMA watch; CREATE EXTENSION pg_stat_statements SCHEMA watch')
}, 60_000)
afterAll(async () => {
  await client.end()
  await EmbeddedPostgres.remove(folder)
})

const audit = (limits: Partial<AuditLimits> = {}) => auditDatabase(server.url, { ...auditLimits, ...limits })

it('A server has nothing wrong when it is new', async () => {
  const { groups, skipped } = await audit()
  expect({ groups, skipped: skipped.map(({ kind }) => kind) }).toEqual({ groups: [], skipped: ['unused-index'] })
})

it('The statements that take most of the time are shown with their plans, if the extension counts them', async () => {
  const sleepy = 'SELECT pg_sleep($1)'
  await client.query(sleepy, [0.3])
  const { groups } = await audit({ statementTotalMs: 200, statementShare: 0.4 })
  expect(groups).toMatchObject([{ kind: 'costly-statement', severity: 'information', findings: [{ subject: sleepy }] }])
  const [finding] = groups[0]!.findings
  expect(finding!.problem).toMatch(/^took \d+% of all time: 1 calls, 3\d\d ms each, 0 seconds in sum$/)
  expect(finding!.statements).toEqual([`EXPLAIN (GENERIC_PLAN) ${sleepy}`])
  for (const statement of finding!.statements)
    expect((await client.query(statement)).rows).toEqual([{ 'QUERY PLAN': expect.stringContaining('Result') as string }])
})

it('A slot from which nobody reads is found, and dropped', async () => {
  await client.query(`SELECT pg_create_physical_replication_slot('left_behind', true)`)
  expect((await audit()).groups).toEqual([])
  const { groups } = await audit({ slotBytes: 0 })
  const problem = expect.stringMatching(/^was not read for \d seconds?, and it keeps \d+ \w+ of the log$/) as string
  expect(groups).toMatchObject([{ kind: 'abandoned-slot', findings: [{ subject: 'left_behind', problem }] }])
  for (const statement of groups[0]!.findings[0]!.statements) await client.query(statement)
  expect((await audit({ slotBytes: 0 })).groups).toEqual([])
})

it('A table with old transaction numbers is found, and frozen', async () => {
  const own = async () =>
    (await audit({ transactionAge: 100 })).groups.flatMap(({ findings }) => findings).filter(({ subject }) => subject === 'watch.old')
  await client.query('CREATE TABLE watch.old (id int PRIMARY KEY)')
  for (let count = 0; count < 110; count += 1) await client.query('SELECT pg_current_xact_id()')
  const [finding] = await own()
  expect(finding).toMatchObject({ problem: expect.stringMatching(/^was last frozen 1\d\d transactions ago$/) as string })
  expect(finding!.statements).toEqual(['VACUUM (FREEZE) watch.old'])
  for (const statement of finding!.statements) await client.query(statement)
  expect(await own()).toEqual([])
})
