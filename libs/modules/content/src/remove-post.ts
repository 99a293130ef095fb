import { type Post, PostRemoved } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import type { Outbox } from '@kilomega/messaging'
import { isPublished } from './post-row.js'
import { unlistFromTags } from './post-tags.js'

const remove = `
  UPDATE content.post
  SET removed_at = now(), published_at = NULL, title = '', body = '', category = NULL, tags = '{}', media_ids = '{}', version = version + 1
  WHERE id = $1`

/** Removes a locked post: its text is deleted, its id and import key stay taken. */
export async function removePost(transaction: Transaction, outbox: Outbox, post: Post): Promise<void> {
  await transaction.query(remove, [post.id])
  if (!isPublished(post)) return
  await unlistFromTags(post, transaction)
  const { id, version, authorId, mediaIds } = post
  await outbox.add(transaction, PostRemoved({ id, version: version + 1, authorId, mediaIds }))
}
