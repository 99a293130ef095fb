// The limit: Postgres makes the JSON, Fastify passes it on. One named statement, no cursor, no checks.
import { fastify } from 'fastify'
import { Pool } from 'pg'
import { processEnvironment } from '@kilomega/config'
import { reportReady } from '../process/report-ready.js'

const list = `
  SELECT json_build_object('items', json_agg(json_build_object(
    'id', id, 'authorId', author_id, 'title', title, 'excerpt', body, 'category', category, 'tags', tags, 'version', version,
    'createdAt', created_at, 'updatedAt', updated_at, 'publishedAt', published_at)))::text AS json
  FROM (SELECT * FROM content.post WHERE published_at IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT 20) AS post`

const pool = new Pool({ connectionString: processEnvironment()['DATABASE_URL']!, max: 20 })
const app = fastify()
app.get('/v1/posts', async (_request, reply) => {
  const { rows } = await pool.query<{ json: string }>({ name: 'list', text: list })
  reply.header('content-type', 'application/json; charset=utf-8')
  return rows[0]!.json
})
reportReady({ public: await app.listen({ host: '127.0.0.1', port: 0 }) })
