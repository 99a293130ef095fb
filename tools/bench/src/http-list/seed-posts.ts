import { Client } from 'pg'

const insert = `
  INSERT INTO content.post (author_id, title, body, category, tags, published_at)
  SELECT gen_random_uuid(), 'A walk through the Analytical Engine, part ' || part, repeat('The engine weaves algebraical patterns. ', 4), 'history',
    ARRAY['history', 'computing'], date_trunc('milliseconds', now()) - part * interval '1 minute'
  FROM generate_series(1, 2000) AS part`

/** Posts with a text shorter than an excerpt, so that our list returns the same as a list of rows. */
export async function seedPosts(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(insert)
    await client.query('ANALYZE content.post')
  } finally {
    await client.end()
  }
}
