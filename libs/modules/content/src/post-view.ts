import type { Post as PostView, PostDraft } from '@kilomega/contracts'
import type { Post } from './tables/post.entity.js'

/** A post as callers see it. */
export const viewOf = ({ importKey: _, removedAt: __, publishedAt, ...post }: Post): PostView => ({
  ...post,
  publishedAt,
  status: publishedAt === null ? 'draft' : 'published',
})

/** Fields of a post, from a draft or from a change; null and what is omitted leave an optional field empty. */
type Written = { [Field in keyof PostDraft]: PostDraft[Field] | null }

/** The fields as they are stored: each tag and each picture once. */
export function fieldsOf({ title, body, category, tags, mediaIds }: Written & Pick<PostDraft, 'title' | 'body'>) {
  return { title, body, category: category ?? null, tags: [...new Set(tags)], mediaIds: [...new Set(mediaIds)] }
}
