import type { PostPage } from '@kilomega/contracts'
import { countStatements } from '@kilomega/database'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { listStatement, readPage, readPost } from './posts-as-json.js'
import { createPosts } from './tables/migrations/202611240100-create-posts.js'

const author = '0199f0a2-7c1e-7b63-9d54-000000000001'

/** 20,000 posts of 100 authors in 50 categories, half of them with the same tag, and 2,000 drafts. */
const fill = [
  `INSERT INTO content.post (author_id, title, body, category, tags, published_at, created_at)
   SELECT ('0199f0a2-7c1e-7b63-9d54-' || lpad(to_hex(n % 100 + 1), 12, '0'))::uuid, 'Title ' || n, repeat('word ', 200), 'c' || n % 50,
     CASE WHEN n % 2 = 0 THEN '{common}' ELSE ARRAY['t' || n % 1000] END,
     CASE WHEN n % 10 > 0 THEN timestamptz '2026-01-01' + n * interval '1 minute' END, timestamptz '2026-01-01' + n * interval '1 minute'
   FROM generate_series(1, 20000) AS n`,
  `INSERT INTO content.post_tag (tag, published_at, id) SELECT unnest(tags), published_at, id FROM content.post WHERE published_at IS NOT NULL`,
]

const itemsOf = ({ items }: PostPage) => JSON.parse(items) as { id: string; publishedAt: string }[]

describe('lists of posts', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openDatabase({ schema: 'content', migrations: [createPosts] })
    for (const sql of fill) await test.database.write((transaction) => transaction.query(sql))
    await test.database.read((queryable) => queryable.query('VACUUM ANALYZE content.post, content.post_tag'))
  })
  afterAll(() => test.close())

  it('take one statement, as a single post does', async () => {
    const page = await countStatements(() => readPage(test.database, { limit: 20 }, false))
    expect(page.statements).toHaveLength(1)
    const { id } = itemsOf(page.result)[0]!
    expect((await countStatements(() => readPost(test.database, id, null))).statements).toHaveLength(1)
  })

  const beginning = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 20]
  it.each<{ what: string; index: string; filters: ('author' | 'category' | 'tag')[]; values: string[]; drafts?: boolean }>([
    { what: 'all', index: 'post_newest', filters: [], values: [] },
    { what: 'those of an author', index: 'post_by_author', filters: ['author'], values: [author] },
    { what: 'those in a category', index: 'post_by_category', filters: ['category'], values: ['c7'] },
    { what: 'those with a frequent tag', index: 'post_tag_pkey', filters: ['tag'], values: ['common'] },
    { what: 'those with a rare tag', index: 'post_tag_pkey', filters: ['tag'], values: ['t7'] },
    { what: "an author's drafts", index: 'post_drafts', filters: ['author'], values: [author], drafts: true },
  ])('read $what in the order of $index, without sorting, for any values', async ({ index, filters, values, drafts = false }) => {
    const plan = await explain(listStatement(filters, 20, drafts), [...beginning, ...values])
    expect(plan).toContain(index)
    expect(plan).not.toMatch(/Seq Scan on post|Sort Key: post/)
  })

  it.each([1, 20])('get a generic plan, not a new one at every call, with a limit of %i', async (limit) => {
    const statement = listStatement([], limit, false)
    const plans = await test.database.write(async (transaction) => {
      for (let call = 0; call < 8; call += 1) await transaction.query(statement, [...beginning.slice(0, 2), limit])
      return transaction.query<{ generic: number }>('SELECT generic_plans::int AS generic FROM pg_prepared_statements WHERE statement = $1', [
        statement,
      ])
    })
    // PostgreSQL plans five times with the actual values before it decides on a generic plan.
    expect(plans[0]!.generic).toBeGreaterThan(0)
  })

  it.each([1, 5, 20, 21, 99, 100])('contain as many as were asked for, and say where the next page starts: %i', async (limit) => {
    const page = await readPage(test.database, { limit }, false)
    const items = itemsOf(page)
    expect(items).toHaveLength(limit)
    expect(page.next).toEqual({ at: items.at(-1)!.publishedAt, id: items.at(-1)!.id })
    const following = itemsOf(await readPage(test.database, { limit: 1, after: page.next! }, false))
    expect(following[0]!.publishedAt < items.at(-1)!.publishedAt).toBe(true)
  })

  /** The generic plan that a prepared statement ends up with. */
  async function explain(sql: string, values: unknown[]): Promise<string> {
    return test.database.write(async (transaction) => {
      await transaction.query('SET LOCAL plan_cache_mode = force_generic_plan')
      const rows = await transaction.query<{ 'QUERY PLAN': string }>(['EXPLAIN', sql].join(' '), values)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
  }
})
