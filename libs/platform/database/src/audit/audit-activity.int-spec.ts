import type { Client } from 'pg'
import { Audited, connected } from '../../test/audited.js'

let audited: Audited
beforeAll(async () => void (audited = await Audited.open()))
afterEach(() => audited.clear())
afterAll(() => audited.close())

/** 9 MB in 30,000 rows, of which the program of the test has read none. */
const items = [
  'CREATE TABLE shop.item (id int PRIMARY KEY, a int, filler text)',
  `INSERT INTO shop.item SELECT n, n, repeat('x', 250) FROM generate_series(1, 30000) n`,
  'SELECT pg_stat_force_next_flush()',
  'ANALYZE shop.item',
]
const big = { bigTableBytes: 1_000_000 }

describe('A transaction', () => {
  let other: Client
  beforeEach(async () => {
    await audited.run('CREATE TABLE shop.stock (id int PRIMARY KEY)')
    other = await connected(audited.server.url.reveal())
    await other.query('BEGIN; LOCK TABLE shop.stock')
  })
  afterEach(() => other.end().catch(() => undefined))

  it('that waits for its program is found, with those that wait for it, and its session is ended', async () => {
    const waiting = await connected(audited.server.url.reveal())
    const counted = waiting.query('SELECT count(*) FROM shop.stock')
    const isWaiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`
    while ((await audited.client.query(isWaiting)).rowCount === 0);
    const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const { pid } = rows[0]!
    const { subject, problem } = await audited.mends('long-transaction', ['SELECT pg_terminate_backend(PID)'.replace('PID', String(pid))], {
      idleTransactionMs: 0,
    })
    expect(subject).toBe(`session ${pid}`)
    expect(problem).toMatch(
      /^of kilomega, is open for \d seconds?, idle for \d seconds?; 1 session waits for it\. Its last statement: SELECT pg_backend_pid/,
    )
    expect((await counted).rows).toEqual([{ count: '0' }])
    await waiting.end()
  })

  it('that works for long is found, and one within the limits is not', async () => {
    expect(await audited.findings('long-transaction')).toEqual([])
    const [finding] = await audited.findings('long-transaction', { transactionMs: 0 })
    expect(finding!.problem).toContain('LOCK TABLE shop.stock')
  })
})

describe('A big table', () => {
  it('that is read as a whole again and again gets an index', async () => {
    await audited.run(...items, ...Array.from({ length: 100 }, () => 'SELECT count(*) FROM shop.item WHERE a = 1'))
    const [finding] = await audited.findings('sequential-scans', { ...big, rowsPerScan: 1_000 })
    expect(finding!.problem).toMatch(/^\(\d+ kB\) was read \d+ times in .*, \d+ rows each time, and 0 times by an index$/)
    expect(finding!.statements).toEqual([
      'CREATE INDEX CONCURRENTLY ON shop.item (<the columns that its statements filter by>)',
      `SELECT pg_stat_reset_single_table_counters('shop.item'::regclass)`,
    ])
    await audited.run(...finding!.statements.map((statement) => statement.replace(/<.*>/, 'a')))
    await audited.run('ANALYZE shop.item', 'SELECT count(*) FROM shop.item WHERE a = 1')
    expect(await audited.findings('sequential-scans', { ...big, rowsPerScan: 1_000, sequentialScans: 10 })).toEqual([])
  })

  it('that was read as a whole by a few reports is not found', async () => {
    await audited.run(...items, ...Array.from({ length: 10 }, () => 'SELECT count(*) FROM shop.item WHERE a = 1'))
    expect(await audited.findings('sequential-scans', { ...big, rowsPerScan: 1_000 })).toEqual([])
  })

  it('full of dead rows is vacuumed, and autovacuum looks after it again', async () => {
    await audited.run(...items, 'ALTER TABLE shop.item SET (autovacuum_enabled = off)', 'DELETE FROM shop.item WHERE id % 2 = 0')
    const { problem } = await audited.mends('dead-rows', ['ALTER TABLE shop.item RESET (autovacuum_enabled)', 'VACUUM (ANALYZE) shop.item'], big)
    expect(problem).toMatch(/^\(\d+ kB\) has 15000 dead rows, 50%, and was never vacuumed; autovacuum is switched off for it$/)
  })

  it('that has been vacuumed lately, or has few dead rows, is not found', async () => {
    await audited.run(...items, 'ALTER TABLE shop.item SET (autovacuum_enabled = off)', 'DELETE FROM shop.item WHERE id % 10 = 0')
    expect(await audited.findings('dead-rows', big)).toEqual([])
    await audited.run('VACUUM shop.item', 'DELETE FROM shop.item WHERE id % 3 = 0')
    expect(await audited.findings('dead-rows', big)).toEqual([])
    expect(await audited.findings('dead-rows', { ...big, vacuumedWithinMs: 0 })).toHaveLength(1)
  })
})

describe('An index', () => {
  const now = { countedForMs: 0 }

  it('that nothing has used is dropped', async () => {
    await audited.run(...items, 'CREATE INDEX item_a ON shop.item (a)', `CREATE INDEX item_b ON shop.item (lower(filler), a)`)
    const { problem } = await audited.mends('unused-index', ['DROP INDEX CONCURRENTLY shop.item_b', 'DROP INDEX CONCURRENTLY shop.item_a'], {
      ...now,
      unusedIndexBytes: 100_000,
    })
    expect(problem).toMatch(/^of shop\.item \(\d+ kB\) was not used since \d{4}-\d\d-\d\d, \d+ \w+ ago, when counting began$/)
  })

  it('is used, or unique, or carries a foreign key, or is small: then it stays', async () => {
    await audited.run(
      ...items,
      'CREATE INDEX item_a ON shop.item (a)',
      'SELECT filler FROM shop.item WHERE a = 5',
      'ALTER TABLE shop.item ADD FOREIGN KEY (id) REFERENCES shop.item (id)',
      'CREATE INDEX item_id ON shop.item (id, filler)',
    )
    expect(await audited.findings('unused-index', { ...now, unusedIndexBytes: 100_000 })).toEqual([])
    await audited.run('CREATE TABLE shop.few (id int)', 'CREATE INDEX few_id ON shop.few (id)')
    expect(await audited.findings('unused-index', now)).toEqual([])
  })

  it('is not judged before scans were counted for a week', async () => {
    await audited.run(...items, 'CREATE INDEX item_a ON shop.item (a)')
    const { groups, skipped } = await audited.report({ unusedIndexBytes: 100_000 })
    expect(groups.filter(({ kind }) => kind === 'unused-index')).toEqual([])
    const reason = expect.stringMatching(/^the server has counted scans for .*, and 7 days are needed to tell$/) as string
    expect(skipped).toContainEqual({ kind: 'unused-index', title: 'Indexes that nothing uses', reason })
  })
})
