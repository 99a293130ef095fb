import type { Post, PostDraft } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'
import { postColumns } from './post-row.js'

const insert = 'INSERT INTO content.post (author_id, title, body, category, tags, media_ids) VALUES ($1, $2, $3, $4, $5, $6) RETURNING' + postColumns

/** Creates a draft. Only its owner can see it, so no event is published. */
export async function createPost(
  transaction: Transaction,
  authorId: string,
  { title, body, category, tags = [], mediaIds = [] }: PostDraft,
): Promise<Post> {
  const values = [authorId, title, body, category ?? null, [...new Set(tags)], [...new Set(mediaIds)]]
  const [post] = await transaction.query<Post>(insert, values)
  return post!
}
