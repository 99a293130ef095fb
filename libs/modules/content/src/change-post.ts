import { type Post, PostChanged, type PostChange } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import type { Outbox } from '@kilomega/messaging'
import type { z } from 'zod'
import { isPublished, postColumns, publishedFacts } from './post-row.js'
import { listUnderTags, unlistFromTags } from './post-tags.js'

const update = [
  'UPDATE content.post SET title = $2, body = $3, category = $4, tags = $5, media_ids = $6, version = version + 1, updated_at = now()',
  'WHERE id = $1 RETURNING',
  postColumns,
].join(' ')

/** Changes a locked post; fields that the change does not name stay as they are. */
export async function changePost(transaction: Transaction, outbox: Outbox, post: Post, change: z.output<typeof PostChange>): Promise<Post> {
  const { title, body, category, tags, mediaIds } = { ...post, ...change }
  const values = [post.id, title, body, category, [...new Set(tags ?? [])], [...new Set(mediaIds ?? [])]]
  const [changed] = await transaction.query<Post>(update, values)
  if (!isPublished(changed!)) return changed!
  if (change.tags !== undefined) {
    await unlistFromTags(post, transaction)
    await listUnderTags(changed, transaction)
  }
  await outbox.add(transaction, PostChanged(publishedFacts(changed)))
  return changed
}
