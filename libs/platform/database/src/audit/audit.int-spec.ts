import { Secret } from '@kilomega/config'
import { Audited, connected } from '../../test/audited.js'
import { outcome } from '../../test/server.js'
import { auditDatabase } from './audit.js'
import { auditLimits } from './audit-limits.js'
import type { Check, Finding } from './check.js'
import { checks } from './checks.js'

const check: Check = { kind: 'test', severity: 'minor', title: 'Test', harm: 'None.', find: ({ rows }) => rows('SELECT 1 WHERE false') }

let audited: Audited
beforeAll(async () => void (audited = await Audited.open()))
afterEach(() => audited.clear())
afterAll(() => audited.close())

describe('An audit', () => {
  it('finds nothing in an empty database, and says what it could not check', async () => {
    const { groups, skipped } = await audited.report()
    expect(groups).toEqual([])
    expect(skipped.map(({ kind }) => kind)).toEqual(['unused-index', 'costly-statement'])
    expect(skipped[1]!.reason).toContain('the extension is not installed')
  })

  it('puts the most harmful first', async () => {
    await audited.run('CREATE TABLE shop.log (id serial)', 'CREATE INDEX ON shop.log (id)', 'CREATE INDEX ON shop.log (id)')
    await audited.run(`SELECT setval('shop.log_id_seq', 2000000000)`)
    const kinds = (await audited.report()).groups.map(({ kind }) => kind)
    expect(kinds).toEqual(['ending-sequence', 'table-without-primary-key', 'redundant-index'])
    const order = ['harmful', 'minor', 'information']
    expect(checks.map(({ severity }) => severity)).toEqual(checks.map(({ severity }) => severity).sort((a, b) => order.indexOf(a) - order.indexOf(b)))
  })

  it('reports what its user may not see, and checks the rest', async () => {
    await audited.run(
      `DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'guest'`,
      'CREATE SEQUENCE shop.hidden',
      'CREATE TABLE shop.log (text text)',
    )
    const url = audited.server.url.reveal().replace(/\/\/[^@]+@/, '//guest:guest@')
    const { groups, skipped } = await auditDatabase(new Secret(url))
    expect(groups.map(({ kind }) => kind)).toEqual(['table-without-primary-key'])
    expect(skipped.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        'this user may not read 1 sequences: GRANT SELECT on them',
        '1 sessions of other users are hidden from this one: GRANT pg_read_all_stats TO guest',
      ]),
    )
  })

  it('gives up on what takes longer than 5 s, or waits for a lock, and goes on with the rest', async () => {
    await audited.run('CREATE TABLE shop.log (text text)')
    const slow: Check = { ...check, find: ({ rows }) => rows<Finding>('SELECT pg_sleep(60)') }
    const locked: Check = { ...check, find: ({ rows }) => rows<Finding>('SELECT text FROM shop.log') }
    const fine: Check = { ...check, find: ({ rows }) => rows<Finding>('SELECT 1 AS subject') }
    const writing: Check = { ...check, find: ({ rows }) => rows<Finding>('CREATE TABLE shop.spare ()') }
    const other = await connected(audited.server.url.reveal())
    await other.query('BEGIN; LOCK TABLE shop.log')
    const { groups, skipped } = await auditDatabase(audited.server.url, auditLimits, [slow, locked, fine, writing])
    await other.end()
    expect(groups).toMatchObject([{ kind: 'test', findings: [{ subject: 1 }] }])
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'it took longer than 5 s',
      'another session keeps a table locked: look for long transactions',
      'cannot execute CREATE TABLE in a read-only transaction',
    ])
  }, 60_000)

  it('shows 100 findings of a kind, and says how many there are besides', async () => {
    const many: Check = { ...check, find: ({ rows }) => rows<Finding>('SELECT n AS subject FROM generate_series(1, 103) n') }
    const { groups, skipped } = await auditDatabase(audited.server.url, auditLimits, [many])
    expect(groups[0]!.findings).toHaveLength(100)
    expect(skipped).toMatchObject([{ reason: '3 more were found: mend these first' }])
  })

  it('does not pass for done when its connection breaks', async () => {
    const broken: Check = { ...check, find: ({ rows }) => rows<Finding>('SELECT pg_terminate_backend(pg_backend_pid())') }
    expect((await outcome(auditDatabase(audited.server.url, auditLimits, [broken, check]))).message).toMatch(
      /^The connection broke during the audit \(.*\): try again$/,
    )
  })

  it('says in one line that the server takes no connection', async () => {
    const { message } = await outcome(auditDatabase(new Secret('postgres://kilomega:x@127.0.0.1:1/kilomega')))
    expect(message).toMatch(/^The database at 127\.0\.0\.1:1 takes no connection \(.*ECONNREFUSED.*\): start it, or correct DATABASE_URL$/)
  })
})
