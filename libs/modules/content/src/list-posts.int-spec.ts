import { countStatements } from '@kilomega/database'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { readPost } from './get-post.js'
import { listStatement, readPage } from './list-posts.js'
import { createPosts } from './tables/migrations/202611240100-create-posts.js'

const author = '0199f0a2-7c1e-7b63-9d54-000000000001'

/** 20,000 posts of 100 authors in 50 categories, half of them tagged alike, and 2,000 drafts. */
const fill = [
  `INSERT INTO content.post (author_id, title, body, category, tags, published_at, created_at)
   SELECT ('0199f0a2-7c1e-7b63-9d54-' || lpad(to_hex(n % 100 + 1), 12, '0'))::uuid, 'Title ' || n, repeat('word ', 200), 'c' || n % 50,
     CASE WHEN n % 2 = 0 THEN '{common}' ELSE ARRAY['t' || n % 1000] END,
     CASE WHEN n % 10 > 0 THEN timestamptz '2026-01-01' + n * interval '1 minute' END, timestamptz '2026-01-01' + n * interval '1 minute'
   FROM generate_series(1, 20000) AS n`,
  `INSERT INTO content.post_tag (tag, published_at, id) SELECT unnest(tags), published_at, id FROM content.post WHERE published_at IS NOT NULL`,
]

describe('lists of posts', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openDatabase({ schema: 'content', migrations: [createPosts] })
    for (const sql of fill) await test.database.write((transaction) => transaction.query(sql))
    await test.database.read((queryable) => queryable.query('VACUUM ANALYZE content.post, content.post_tag'))
  })
  afterAll(() => test.close())

  it('are one statement, as a single post is', async () => {
    const page = await countStatements(() => readPage(test.database, { limit: 20 }, false))
    expect(page.statements).toHaveLength(1)
    const { id } = (JSON.parse(page.result) as { items: { id: string }[] }).items[0]!
    expect((await countStatements(() => readPost(test.database, id, null))).statements).toHaveLength(1)
  })

  const beginning = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 20]
  it.each([
    ['all', 'post_newest', [] as const, false, []],
    ['of an author', 'post_by_author', ['author'] as const, false, [author]],
    ['in a category', 'post_by_category', ['category'] as const, false, ['c7']],
    ['with a frequent tag', 'post_tag_pkey', ['tag'] as const, false, ['common']],
    ['with a rare tag', 'post_tag_pkey', ['tag'] as const, false, ['t7']],
    ["the author's drafts", 'post_drafts', ['author'] as const, true, [author]],
  ])('read %s in the order of %s, without sorting, for any values', async (_, index, filters, drafts, values) => {
    const plan = await explain(listStatement(filters, drafts), [...beginning, ...values])
    expect(plan).toContain(index)
    expect(plan).not.toMatch(/Seq Scan on post|Sort Key: post/)
  })

  /** As it is planned once a statement is prepared for good. */
  async function explain(sql: string, values: unknown[]): Promise<string> {
    return test.database.write(async (transaction) => {
      await transaction.query('SET LOCAL plan_cache_mode = force_generic_plan')
      const rows = await transaction.query<{ 'QUERY PLAN': string }>(['EXPLAIN', sql].join(' '), values)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
  }
})
