import type { Post } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'

const insert = `INSERT INTO content.post_tag (tag, published_at, id) SELECT tag, $2, $3 FROM unnest($1::text[]) AS tag`
const remove = `DELETE FROM content.post_tag WHERE published_at = $2 AND id = $3 AND tag = ANY($1::text[])`

type Tagged = Pick<Post, 'id' | 'tags' | 'publishedAt'>

/** Lists a published post under its tags. */
export const listUnderTags = ({ id, tags, publishedAt }: Tagged, transaction: Transaction) => transaction.query(insert, [tags, publishedAt, id])

export const unlistFromTags = ({ id, tags, publishedAt }: Tagged, transaction: Transaction) => transaction.query(remove, [tags, publishedAt, id])
