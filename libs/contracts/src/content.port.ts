import { command, errors, jsonText, port, query } from '@kilomega/ports'
import { z } from 'zod'
import { Id, Name, PageSize, Text, Time } from './values.js'

export const PostTitle = Name.max(500).meta({ example: 'A walk through the Analytical Engine' })
/** Markdown as text, at most 64 KiB. */
export const PostBody = Text.refine((text) => Buffer.byteLength(text) <= 65_536, 'at most 64 KiB').meta({
  maxLength: 65_536,
  example: 'The engine weaves *algebraical patterns*.',
})
export const Category = Name.max(64).meta({ example: 'history' })
export const Tag = Name.max(64).meta({ example: 'computing' })
const Tags = z.array(Tag).max(64)
const MediaIds = z.array(Id).max(20).meta({ example: [] })

export const PostDraft = z
  .object({
    title: PostTitle,
    body: PostBody,
    category: Category.optional(),
    tags: Tags.optional(),
    mediaIds: MediaIds.optional(),
  })
  .meta({ title: 'PostDraft' })
export type PostDraft = z.infer<typeof PostDraft>
/** Omitted fields stay unchanged; null clears optional fields. */
export const PostChange = PostDraft.extend({ category: Category.nullable(), tags: Tags.nullable(), mediaIds: MediaIds.nullable() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'say what to change')
  .meta({ title: 'PostChange', example: { title: 'A longer walk' } })

export const Post = z
  .object({
    id: Id,
    authorId: Id,
    status: z.enum(['draft', 'published']),
    title: z.string(),
    body: z.string(),
    category: z.string().nullable(),
    tags: z.array(z.string()).max(64),
    mediaIds: z.array(Id).max(20),
    /** Counts changes; the edge turns it into the ETag. */
    version: z.int(),
    createdAt: Time,
    updatedAt: Time,
    publishedAt: Time.nullable(),
  })
  .meta({ title: 'Post' })
export type Post = z.infer<typeof Post>

/** A post in a list: the first 280 characters instead of the body. */
export const PostSummary = Post.omit({ body: true, mediaIds: true }).extend({ excerpt: z.string() }).meta({ title: 'PostSummary' })

/** Sort key of a list: newest first. */
export const PostKey = z.object({ at: Time, id: Id })
export const PostPage = z.object({ items: jsonText(z.array(PostSummary).max(100)), next: PostKey.nullable() })
export type PostPage = z.infer<typeof PostPage>
/** A post as JSON made by Postgres, and its version for the ETag. */
export const PostText = z.object({ version: z.int(), post: jsonText(Post) })
export type PostText = z.infer<typeof PostText>
export const PostList = z.object({
  author: Id.optional(),
  category: Category.optional(),
  tag: Tag.optional(),
  /** The drafts of the caller instead of published posts. */
  mine: z.boolean().optional(),
  limit: PageSize,
  after: PostKey.optional(),
})
export type PostList = z.infer<typeof PostList>

/** `key` is the author's own stable name for a document: importing it again adds nothing. Bodies may have up to 128 KiB, or be empty. */
export const ImportedPost = z
  .object({
    key: Text.min(1).max(200),
    title: PostTitle,
    body: Text.max(131_072),
    category: Category.optional(),
    tags: Tags.optional(),
  })
  .meta({ title: 'ImportedPost' })
/** Documents are checked one by one, so that a bad one is rejected by its index and the others are published. */
export const ImportBatch = z
  .object({ documents: z.array(z.unknown()).min(1).max(200) })
  .meta({ title: 'ImportBatch', example: { documents: [{ key: 'walk', title: 'A walk through the Analytical Engine', body: 'It *weaves*.' }] } })
export const ImportResult = z
  .object({
    created: z.int(),
    unchanged: z.int(),
    rejected: z.array(z.object({ index: z.int(), code: z.string(), message: z.string() })).max(200),
  })
  .meta({ title: 'ImportResult' })
export type ImportResult = z.infer<typeof ImportResult>

const PostRef = z.object({ id: Id })
/** The version that the post must still have: one, one of several, or any if omitted. */
const PostVersion = PostRef.extend({ version: z.union([z.int().min(1), z.array(z.int().min(1)).min(1).max(100)]).optional() })

/** Posts: drafted, published, removed. An unpublished post exists for its owner only; for everyone else it is missing. */
export abstract class ContentPort extends port('content', {
  create: command({ summary: 'Writes a draft, which only its author sees', access: 'user', input: PostDraft, output: Post, timeoutMs: 2_000 }),
  get: query({
    summary: 'One post with its whole body, as JSON made by Postgres',
    access: 'anyone',
    input: PostRef,
    output: PostText,
    timeoutMs: 1_000,
  }),
  list: query({
    summary: 'Published posts, newest first, or the drafts of the caller; excerpts instead of bodies',
    access: 'anyone',
    input: PostList,
    output: PostPage,
    timeoutMs: 1_000,
  }),
  change: command({
    summary: 'Changes the given fields, if the version is still the one that was read',
    access: 'user',
    input: PostVersion.extend({ change: PostChange }),
    output: Post,
    timeoutMs: 2_000,
  }),
  publish: command({
    summary: 'Makes a post visible to everyone; a second call changes nothing and gets the same answer',
    access: 'user',
    input: PostRef,
    output: Post,
    timeoutMs: 2_000,
  }),
  remove: command({
    summary: 'Removes a post permanently, if the version is still the one that was read',
    access: 'user',
    input: PostVersion,
    timeoutMs: 2_000,
  }),
  import: command({
    summary: 'Publishes documents by their keys; a key that the author has used before is left unchanged. A bad document does not affect the others',
    access: 'admin',
    input: ImportBatch,
    output: ImportResult,
    timeoutMs: 10_000,
  }),
}) {}

export const contentErrors = errors({
  VERSION_MISMATCH: ['conflict', 'The post has changed since you read it', 412],
  MEDIA_NOT_USABLE: ['invalid', 'A media id does not belong to you', 422],
})
