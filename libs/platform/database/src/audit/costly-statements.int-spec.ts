import { EmbeddedPostgres } from '../embedded/embedded-postgres.js'
import { Audited, connected } from '../../test/audited.js'
import { auditDatabase } from './audit.js'
import { auditLimits } from './audit-limits.js'

const sleepy = 'SELECT pg_sleep($1)'

it('The statements that take most of the time are shown with their plans, if the extension counts them', async () => {
  const audited = await Audited.open()
  const { folder } = audited.server
  await audited.run(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
  await audited.client.end()
  await audited.server.stop()
  const server = await EmbeddedPostgres.start({ folder, port: 0, durable: false })
  const client = await connected(server.url.reveal())
  await client.query('CREATE SCHEMA watch; CREATE EXTENSION pg_stat_statements SCHEMA watch')
  await client.query(sleepy, [0.3])
  const { groups, skipped } = await auditDatabase(server.url, { ...auditLimits, statementTotalMs: 200, statementShare: 0.5 })
  expect(groups).toMatchObject([{ kind: 'costly-statement', severity: 'information', findings: [{ subject: sleepy }] }])
  const [finding] = groups[0]!.findings
  expect(finding!.problem).toMatch(/^took \d+% of all time: 1 calls, 3\d\d ms each, 0 seconds in sum$/)
  expect(finding!.statements).toEqual([`EXPLAIN (GENERIC_PLAN) ${sleepy}`])
  for (const statement of finding!.statements)
    expect((await client.query(statement)).rows).toEqual([{ 'QUERY PLAN': expect.stringContaining('Result') as string }])
  expect(skipped.map(({ kind }) => kind)).not.toContain('costly-statement')
  await client.end()
  await EmbeddedPostgres.remove(folder)
}, 60_000)
