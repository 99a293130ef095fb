import { type Post, PostPublished } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import type { Outbox } from '@kilomega/messaging'
import { isPublished, postColumns, publishedFacts } from './post-row.js'
import { listUnderTags } from './post-tags.js'

const publish = 'UPDATE content.post SET published_at = now(), updated_at = now(), version = version + 1 WHERE id = $1 RETURNING' + postColumns

/** Publishes a locked post. One that is already published stays as it is, and no second event is published. */
export async function publishPost(transaction: Transaction, outbox: Outbox, post: Post): Promise<Post> {
  if (isPublished(post)) return post
  const [published] = await transaction.query<Post>(publish, [post.id])
  await listUnderTags(published!, transaction)
  if (isPublished(published!)) await outbox.add(transaction, PostPublished(publishedFacts(published)))
  return published!
}
