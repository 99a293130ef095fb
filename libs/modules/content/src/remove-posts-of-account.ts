import { PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import type { Outbox } from '@kilomega/messaging'

interface Gone {
  id: string
  version: number
  mediaIds: string[]
  published: boolean
}

/** Each part is read by its own index. Posts that were removed before are deleted with their rows: without an author nobody imports them again. */
const remove = `
  WITH chosen AS (
    SELECT id FROM content.post WHERE author_id = $1 AND published_at IS NOT NULL
    UNION ALL SELECT id FROM content.post WHERE author_id = $1 AND published_at IS NULL AND removed_at IS NULL
    UNION ALL SELECT id FROM content.post WHERE author_id = $1 AND removed_at IS NOT NULL
    LIMIT $2
  ), gone AS (
    DELETE FROM content.post USING chosen WHERE post.id = chosen.id RETURNING post.id, version, tags, media_ids, published_at
  ), listed AS (
    SELECT unnest(tags) AS tag, published_at, id FROM gone WHERE published_at IS NOT NULL
  ), unlisted AS (
    DELETE FROM content.post_tag USING listed
    WHERE post_tag.tag = listed.tag AND post_tag.published_at = listed.published_at AND post_tag.id = listed.id
  )
  SELECT id, version, media_ids AS "mediaIds", published_at IS NOT NULL AS published FROM gone`

/** Removes up to `limit` posts of a deleted account, publishes an event for each that was published, and returns how many were removed. */
export async function removePostsOfAccount(transaction: Transaction, outbox: Outbox, authorId: string, limit: number): Promise<number> {
  const gone = await transaction.query<Gone>(remove, [authorId, limit])
  const published = gone.filter((post) => post.published)
  await outbox.add(transaction, ...published.map(({ id, version, mediaIds }) => PostRemoved({ id, version: version + 1, authorId, mediaIds })))
  return gone.length
}
