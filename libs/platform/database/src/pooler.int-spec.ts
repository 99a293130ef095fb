import { Client } from 'pg'
import { OpenNotes } from '../test/open-notes.js'
import { PgBouncer, pgBouncerVersion } from '../test/pg-bouncer.js'
import { openDatabases, type OpenedDatabases, outcome, within } from '../test/server.js'
import { migrate } from './migrations/migrate.js'
import { sessionsOf } from './pooler.js'
import { checkSchemas } from './migrations/schema-check.js'

const version = pgBouncerVersion()
/** Skipped, and counted as skipped, on a machine without PgBouncer: `.ci/run` installs it where it can. */
const describeWithPgBouncer = version === undefined ? describe.skip : describe
/** From 1.21 on it can keep prepared statements; from 1.24 on it does so by default. */
const keepsNames = version !== undefined && (version[0] > 1 || version[1] >= 24)

const add = 'INSERT INTO notes.note (id, text) VALUES ($1, $2)'
const at = `SELECT '2026-01-02T03:04:05Z'::timestamptz AS at`

describe('An address without a pooler', () => {
  it('keeps the settings and the prepared statements of a session', async () => {
    const opened = await OpenNotes.open()
    expect(await sessionsOf(opened.server.url)).toEqual({ settings: true, names: true })
    await opened.close()
  })
})

describeWithPgBouncer('Behind PgBouncer in transaction mode', () => {
  let opened: OpenNotes
  let bouncer: PgBouncer
  let pooled: OpenedDatabases | undefined
  const settingsOf = { DATABASE_POOL_SIZE: '8' }
  const openPooled = () => openDatabases(opened.server, { ...settingsOf, DATABASE_POOLER_URL: bouncer.url.reveal() })

  beforeAll(async () => {
    opened = await OpenNotes.open()
    bouncer = await PgBouncer.start(opened.server.url)
  })
  afterAll(async () => {
    await pooled?.databases.close()
    bouncer.stop()
    await opened.close()
  })

  it('a session keeps neither its settings nor, in an old one, its prepared statements', async () => {
    expect(await sessionsOf(bouncer.url)).toEqual({ settings: false, names: keepsNames })
  })

  it('a process whose DATABASE_URL leads to the pooler is refused, and so is a migration', async () => {
    const refused = { message: expect.stringContaining('set DATABASE_POOLER_URL to it, and DATABASE_URL to the server itself') as string }
    expect(await outcome(checkSchemas(bouncer.url, []))).toMatchObject(refused)
    expect(await outcome(migrate(bouncer.url, []))).toMatchObject(refused)
  })

  it('a process is refused while the account lacks settings, and the statements in the error mend it', async () => {
    const { message = '' } = await outcome(openPooled())
    expect(message).toContain('The sessions behind DATABASE_POOLER_URL need other settings')
    const owner = new Client({ connectionString: opened.server.url.reveal() })
    await owner.connect()
    for (const statement of message.slice(message.indexOf('ALTER ROLE')).split('; ')) await owner.query(statement)
    await owner.end()
    bouncer.stop()
    bouncer = await PgBouncer.start(opened.server.url)
    pooled = await openPooled()
  })

  it('reads, writes and transactions work over many more clients than the pooler has connections for one', async () => {
    const notes = pooled!.databases.of('notes')
    await Promise.all(
      Array.from({ length: 50 }, (_, id) => within(5_000, () => notes.write((transaction) => transaction.query(add, [id, `note ${id}`])))),
    )
    const reads = Array.from({ length: 50 }, () => notes.read((queryable) => queryable.query<{ count: number }>('SELECT count(*) FROM notes.note')))
    expect(new Set((await Promise.all(reads)).map(([row]) => row!.count))).toEqual(new Set([50]))
    await expect(
      notes.write(async (transaction) => {
        await transaction.query(add, [100, 'undone'])
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await notes.read((queryable) => queryable.query('SELECT FROM notes.note WHERE id = 100'))).toEqual([])
  })

  it('values have the same form as without it', async () => {
    const [row] = await pooled!.databases.of('notes').read((queryable) => queryable.query<{ at: string }>(at))
    expect(row!.at).toBe('2026-01-02T03:04:05.000Z')
  })

  it('a statement is cancelled at the deadline of its call', async () => {
    const began = performance.now()
    const notes = pooled!.databases.of('notes')
    const { code } = await outcome(within(300, () => notes.read((queryable) => queryable.query('SELECT pg_sleep(5)'))))
    expect(code).toBe('DEADLINE_EXCEEDED')
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(await opened.running()).toEqual([])
  })
})
