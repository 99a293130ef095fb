import { migration } from '@kilomega/database'

/** Published posts and drafts of an author have an index; with this one all posts of an account are found that is deleted. */
const removedOfAuthor = `CREATE INDEX post_removed_of_author ON content.post (author_id) WHERE removed_at IS NOT NULL`

export const indexRemovedOfAuthor = migration('202611291310-index-removed-of-author', removedOfAuthor)
