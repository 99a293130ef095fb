import { contentErrors, type Post } from '@kilomega/contracts'
import type { Queryable } from '@kilomega/database'
import { portErrors } from '@kilomega/ports'
import { postColumns } from './post-row.js'

const writable = ' FROM content.post WHERE id = $1 AND removed_at IS NULL AND ($2::uuid IS NULL OR author_id = $2)'
const read = 'SELECT' + postColumns + writable
const lock = read + ' FOR UPDATE'

/** A post that `ownerId` may write; with null, any post. For everyone else it is missing, published or not. */
export const writablePost = (queryable: Queryable, id: string, ownerId: string | null): Promise<Post> => one(queryable, read, [id, ownerId])

/** The same, locked until the transaction ends. */
export const lockedPost = (queryable: Queryable, id: string, ownerId: string | null): Promise<Post> => one(queryable, lock, [id, ownerId])

/** If no version is expected, any will do. */
export function requireVersion(post: Post, expected: number | readonly number[] | undefined): void {
  if (expected !== undefined && ![expected].flat().includes(post.version)) throw contentErrors.VERSION_MISMATCH({ version: post.version })
}

async function one(queryable: Queryable, sql: string, parameters: readonly unknown[]): Promise<Post> {
  const [post] = await queryable.query<Post>(sql, parameters)
  if (post === undefined) throw portErrors.NOT_FOUND()
  return post
}
