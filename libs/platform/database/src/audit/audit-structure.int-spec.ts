import { Audited } from '../../test/audited.js'

let audited: Audited
beforeAll(async () => void (audited = await Audited.open()))
afterEach(() => audited.clear())
afterAll(() => audited.close())

const customer = 'CREATE TABLE shop.customer (id int PRIMARY KEY, code int, CONSTRAINT customer_code UNIQUE (code))'

describe('A foreign key', () => {
  const plant = (...more: string[]) =>
    audited.run(customer, 'CREATE TABLE shop.sale (id int PRIMARY KEY, "Buyer" int REFERENCES shop.customer, day date)', ...more)

  it('without an index is found, and gets one', async () => {
    await plant()
    const finding = await audited.mends('foreign-key-without-index', ['CREATE INDEX CONCURRENTLY ON shop.sale ("Buyer")'])
    expect(finding).toMatchObject({ subject: 'shop.sale ("Buyer")', problem: 'refers to shop.customer, and no index begins with it' })
  })

  it.each([
    'CREATE INDEX ON shop.sale (day, "Buyer")',
    'CREATE INDEX ON shop.sale ("Buyer") WHERE day IS NOT NULL',
    'CREATE INDEX ON shop.sale (day) INCLUDE ("Buyer")',
    'CREATE INDEX ON shop.sale USING brin ("Buyer")',
  ])('is not served by %s', async (index) => {
    await plant(index)
    expect(await audited.findings('foreign-key-without-index')).toHaveLength(1)
  })

  it.each([
    'CREATE INDEX ON shop.sale ("Buyer", day)',
    'CREATE INDEX ON shop.sale USING hash ("Buyer")',
    'CREATE INDEX ON shop.sale ("Buyer") WHERE "Buyer" IS NOT NULL',
  ])('is served by %s', async (index) => {
    await plant(index)
    expect(await audited.findings('foreign-key-without-index')).toEqual([])
  })

  it('of several columns is served in any order, and of a partitioned table is found once', async () => {
    await audited.run(
      'CREATE TABLE shop.branch (land int, town int, PRIMARY KEY (land, town))',
      'CREATE TABLE shop.visit (day date, town int, land int, FOREIGN KEY (land, town) REFERENCES shop.branch, PRIMARY KEY (day)) PARTITION BY RANGE (day)',
      `CREATE TABLE shop.visit_1 PARTITION OF shop.visit FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`,
      'CREATE INDEX ON shop.visit (land) INCLUDE (town)',
    )
    await audited.mends('foreign-key-without-index', ['CREATE INDEX ON shop.visit (land, town)'])
    await audited.run('DROP INDEX shop.visit_land_town_idx', 'CREATE INDEX ON shop.visit (town, land)')
    expect(await audited.findings('foreign-key-without-index')).toEqual([])
  })
})

describe('An invalid index', () => {
  it('is built again', async () => {
    await audited.run('CREATE TABLE shop.note (text text)', `INSERT INTO shop.note VALUES ('same'), ('same')`)
    await expect(audited.run('CREATE UNIQUE INDEX CONCURRENTLY note_text ON shop.note (text)')).rejects.toThrow('could not create unique index')
    await audited.run('TRUNCATE shop.note')
    const { problem } = await audited.mends('invalid-index', ['REINDEX INDEX CONCURRENTLY shop.note_text'])
    expect(problem).toMatch(/^of shop\.note \(.*\) was not built to its end, or has duplicates$/)
  })

  it('that a REINDEX has left behind is dropped', async () => {
    await audited.run('CREATE TABLE shop.note (text text)', `INSERT INTO shop.note VALUES ('same'), ('same')`)
    await expect(audited.run('CREATE UNIQUE INDEX CONCURRENTLY note_text_ccnew ON shop.note (text)')).rejects.toThrow('could not create unique index')
    await audited.mends('invalid-index', ['DROP INDEX CONCURRENTLY shop.note_text_ccnew'])
  })

  it('that a partition lacks is made for all partitions', async () => {
    await audited.run(
      'CREATE TABLE shop.visit (day date) PARTITION BY RANGE (day)',
      `CREATE TABLE shop.visit_1 PARTITION OF shop.visit FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`,
      'CREATE INDEX visit_day ON ONLY shop.visit (day)',
    )
    await audited.mends('invalid-index', ['DROP INDEX shop.visit_day', 'CREATE INDEX visit_day ON shop.visit USING btree (day)'])
  })
})

describe('A redundant index', () => {
  const plant = (...indexes: string[]) => audited.run('CREATE TABLE shop.item (a int, b int, c text)', ...indexes)

  it.each([
    [['CREATE INDEX one ON shop.item (a)', 'CREATE INDEX two ON shop.item (a)'], 'is the same as shop.one', 'DROP INDEX CONCURRENTLY shop.two'],
    [
      ['CREATE INDEX one ON shop.item (a)', 'CREATE INDEX two ON shop.item (a, b)'],
      'has only the first columns of shop.two',
      'DROP INDEX CONCURRENTLY shop.one',
    ],
    [
      ['CREATE INDEX one ON shop.item (a)', 'CREATE UNIQUE INDEX two ON shop.item (a)'],
      'is the same as shop.two',
      'DROP INDEX CONCURRENTLY shop.one',
    ],
    [
      ['CREATE INDEX one ON shop.item (lower(c))', 'CREATE INDEX two ON shop.item (lower(c), a)'],
      'first columns of shop.two',
      'DROP INDEX CONCURRENTLY shop.one',
    ],
    [
      ['ALTER TABLE shop.item ADD PRIMARY KEY (a)', 'ALTER TABLE shop.item ADD CONSTRAINT two UNIQUE (a)'],
      'is the same as shop.item_pkey',
      'ALTER TABLE shop.item DROP CONSTRAINT two',
    ],
  ])('is found: %j', async (indexes, problem, statement) => {
    await plant(...indexes)
    expect((await audited.mends('redundant-index', [statement])).problem).toContain(problem)
  })

  it.each([
    [['CREATE UNIQUE INDEX one ON shop.item (a)', 'CREATE INDEX two ON shop.item (a, b)']],
    [['CREATE INDEX one ON shop.item (a)', 'CREATE INDEX two ON shop.item (b, a)']],
    [['CREATE INDEX one ON shop.item (a)', 'CREATE INDEX two ON shop.item (a, b) WHERE b > 0']],
    [['CREATE INDEX one ON shop.item (a, b)', 'CREATE INDEX two ON shop.item (a, b DESC)']],
    [['CREATE INDEX one ON shop.item (c)', 'CREATE INDEX two ON shop.item (c text_pattern_ops)']],
    [['CREATE INDEX one ON shop.item (c)', 'CREATE INDEX two ON shop.item (c COLLATE "C")']],
    [['CREATE INDEX one ON shop.item (a) INCLUDE (c)', 'CREATE INDEX two ON shop.item (a, b)']],
    [['CREATE INDEX one ON shop.item (a)', 'CREATE INDEX two ON shop.item USING hash (a)']],
    [
      [
        'ALTER TABLE shop.item ADD PRIMARY KEY (a)',
        'CREATE UNIQUE INDEX two ON shop.item (b)',
        'CREATE TABLE shop.part (b int PRIMARY KEY REFERENCES shop.item (b))',
        'CREATE UNIQUE INDEX three ON shop.item (b) NULLS NOT DISTINCT',
      ],
    ],
  ])('is not one that does something else: %j', async (indexes) => {
    await plant(...indexes)
    expect(await audited.findings('redundant-index')).toEqual([])
  })
})

describe('A table without a primary key', () => {
  it.each([
    ['CREATE TABLE shop.log (text text)', 'ALTER TABLE shop.log ADD COLUMN id uuid DEFAULT uuidv7() PRIMARY KEY'],
    ['CREATE TABLE shop.log (id int)', 'ALTER TABLE shop.log ADD PRIMARY KEY (id)'],
    [
      'CREATE TABLE shop.log (id int, code int NOT NULL); CREATE UNIQUE INDEX code ON shop.log (code)',
      'ALTER TABLE shop.log ADD PRIMARY KEY USING INDEX code',
    ],
    ['CREATE TABLE shop.log (id int, code int); CREATE UNIQUE INDEX code ON shop.log (code)', 'ALTER TABLE shop.log ADD PRIMARY KEY (id)'],
    [
      'CREATE TABLE shop.log (id int) PARTITION BY LIST (id); CREATE TABLE shop.log_1 PARTITION OF shop.log DEFAULT',
      'ALTER TABLE shop.log ADD PRIMARY KEY (id)',
    ],
  ])('gets one: %s', (table, statement) => audited.run(table).then(() => audited.mends('table-without-primary-key', [statement])))
})

describe('A sequence near its last number', () => {
  it('of an identity column is widened, and so are the columns that refer to it', async () => {
    await audited.run(
      'CREATE TABLE shop.customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
      'CREATE TABLE shop.sale (buyer int PRIMARY KEY REFERENCES shop.customer)',
      `SELECT setval('shop.customer_id_seq', 2000000000)`,
    )
    const { subject, problem } = await audited.mends('ending-sequence', [
      'ALTER TABLE shop.customer ALTER COLUMN id TYPE bigint',
      'ALTER TABLE shop.sale ALTER COLUMN buyer TYPE bigint',
      'ALTER SEQUENCE shop.customer_id_seq AS bigint NO MAXVALUE',
    ])
    expect({ subject, problem }).toEqual({ subject: 'shop.customer (id)', problem: 'has used 93% of its numbers: it is at 2000000000 of 2147483647' })
  })

  it('of a smaller column, of a serial column, or by itself is widened', async () => {
    await audited.run('CREATE TABLE shop.small (n smallserial)', `SELECT setval('shop.small_n_seq', 30000)`)
    await audited.mends('ending-sequence', [
      'ALTER TABLE shop.small ALTER COLUMN n TYPE bigint',
      'ALTER SEQUENCE shop.small_n_seq AS bigint NO MAXVALUE',
    ])
    await audited.run('CREATE SEQUENCE shop.tickets MAXVALUE 1000 START 900', `SELECT nextval('shop.tickets')`)
    await audited.mends('ending-sequence', ['ALTER SEQUENCE shop.tickets AS bigint NO MAXVALUE'])
    await audited.run('CREATE SEQUENCE shop.down INCREMENT -1 MINVALUE -10 START -9', `SELECT nextval('shop.down')`)
    await audited.mends('ending-sequence', ['ALTER SEQUENCE shop.down AS bigint NO MINVALUE'])
  })

  it('is not one that begins again', async () => {
    await audited.run('CREATE SEQUENCE shop.round MAXVALUE 10 START 10 CYCLE', `SELECT nextval('shop.round')`)
    expect(await audited.findings('ending-sequence')).toEqual([])
  })
})
