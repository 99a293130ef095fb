import type { PostList, PostPage } from '@kilomega/contracts'
import type { Database } from '@kilomega/database'
import type { JsonText } from '@kilomega/ports'
import type { z } from 'zod'

type Filter = 'author' | 'category' | 'tag'

/** One more than asked for is read, to know whether there is a next page. */
const page = `
  WITH page AS MATERIALIZED (
    SELECT post.id, post.author_id, post.title, left(post.body, 280) AS excerpt, post.category, post.tags, post.version,
      post.created_at, post.updated_at, post.published_at, coalesce(post.published_at, post.created_at) AS at`
const ofPublished = `
    FROM content.post
    WHERE post.published_at IS NOT NULL AND (post.published_at, post.id) < ($1::timestamptz, $2::uuid)`
const ofTag = `
    FROM content.post_tag JOIN content.post ON post.id = post_tag.id
    WHERE post.published_at IS NOT NULL AND (post_tag.published_at, post_tag.id) < ($1::timestamptz, $2::uuid)`
const ofDrafts = `
    FROM content.post
    WHERE post.published_at IS NULL AND post.removed_at IS NULL AND (post.created_at, post.id) < ($1::timestamptz, $2::uuid)`
const conditions: Record<Filter, string> = { author: 'AND post.author_id = ?', category: 'AND post.category = ?', tag: 'AND post_tag.tag = ?' }
const draftConditions: Record<Filter, string> = { ...conditions, tag: 'AND ? = ANY (post.tags)' }
const asJson = `
    LIMIT $3::int + 1
  ), place AS (
    SELECT page.*, row_number() OVER (ORDER BY at DESC, id DESC) AS place FROM page
  )
  SELECT json_build_object(
    'items', coalesce(json_agg(json_build_object(
      'id', id, 'authorId', author_id, 'status', CASE WHEN published_at IS NULL THEN 'draft' ELSE 'published' END,
      'title', title, 'excerpt', excerpt, 'category', category, 'tags', tags, 'version', version,
      'createdAt', content.rfc3339(created_at), 'updatedAt', content.rfc3339(updated_at), 'publishedAt', content.rfc3339(published_at))
      ORDER BY place) FILTER (WHERE place <= $3), '[]'),
    'next', CASE WHEN count(*) > $3 THEN (SELECT json_build_object('at', content.rfc3339(at), 'id', id) FROM place WHERE place = $3) END)::text AS json
  FROM place`

const order = {
  published: 'ORDER BY post.published_at DESC, post.id DESC',
  tag: 'ORDER BY post_tag.published_at DESC, post_tag.id DESC',
  drafts: 'ORDER BY post.created_at DESC, post.id DESC',
}

/** After everything there is: where a list without a cursor begins. */
const beginning = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

/** Each is put together once: its name, which the driver looks up by its text, is found faster where the text is the same string. */
const statements = new Map<string, string>()

/** One statement for each set of filters, because a plan that allows for absent ones uses no index well. */
export function listStatement(filters: readonly Filter[], drafts: boolean): string {
  const name = drafts ? `drafts ${filters.join()}` : filters.join()
  let statement = statements.get(name)
  if (statement === undefined) statements.set(name, (statement = writeStatement(filters, drafts)))
  return statement
}

function writeStatement(filters: readonly Filter[], drafts: boolean): string {
  const byTag = filters.includes('tag') && !drafts
  const wheres = filters.map((filter, index) => (drafts ? draftConditions : conditions)[filter].replace('?', '$' + (index + 4)))
  const source = drafts ? ofDrafts : byTag ? ofTag : ofPublished
  return [page, source, ...wheres, drafts ? order.drafts : byTag ? order.tag : order.published, asJson].join('\n')
}

/** A page of posts, newest first, as JSON that Postgres made; of published ones unless `drafts` are asked for. */
export async function readPage(database: Database, list: PostList, drafts: boolean): Promise<JsonText<z.output<typeof PostPage>>> {
  const filters = (['author', 'category', 'tag'] as const).filter((filter) => list[filter] !== undefined)
  const { at, id } = list.after ?? beginning
  const values = [at, id, list.limit, ...filters.map((filter) => list[filter])]
  const [row] = await database.read((queryable) => queryable.query<{ json: string }>(listStatement(filters, drafts), values))
  return row!.json
}
