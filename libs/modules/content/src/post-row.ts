import type { Post } from '@kilomega/contracts'

/** The columns of a post as a row of type `Post`. */
export const postColumns = `
  id, author_id AS "authorId", CASE WHEN published_at IS NULL THEN 'draft' ELSE 'published' END AS status,
  title, body, category, tags, media_ids AS "mediaIds", version,
  created_at AS "createdAt", updated_at AS "updatedAt", published_at AS "publishedAt"`

type Published = Post & { publishedAt: string }

export const isPublished = (post: Post): post is Published => post.publishedAt !== null

/** The content of the domain events about a published post. */
export function publishedFacts({ id, version, authorId, title, body, category, tags, mediaIds, publishedAt }: Published) {
  return { id, version, authorId, title, body, category, tags, mediaIds, publishedAt }
}
