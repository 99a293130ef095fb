import { ContentPort, Id, ImportBatch, ImportResult, Post, PostChange, PostDraft, PostKey, PostList, PostSummary } from '@kilomega/contracts'
import { Body, Cursors, etagOf, expectedVersion, isKnown, notModified, pageText, Params, Query, Reply, Request, Route, Routes } from '@kilomega/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { PageQuery, pageOf } from './page.js'

const PostParams = z.object({ id: Id })
type PostParams = z.output<typeof PostParams>
const ListQuery = PageQuery.extend(PostList.pick({ author: true, category: true, tag: true, mine: true }).shape)
const etag = { ETag: 'The version, for If-Match and If-None-Match' }
const one = { path: '/v1/posts/:id', params: PostParams } as const

@Routes('Posts: writing, publishing and reading')
export class PostsController {
  constructor(
    private readonly content: ContentPort,
    private readonly cursors: Cursors,
  ) {}

  @Route({
    method: 'POST',
    path: '/v1/posts',
    access: 'user',
    summary: 'Writes a draft',
    budget: { queries: 5, bytes: 84_000 },
    body: PostDraft,
    status: 201,
    answer: Post,
    headers: { ...etag, Location: 'Where the post is' },
    errors: ['MEDIA_NOT_USABLE'],
  })
  async create(@Body() draft: PostDraft, @Reply() reply: FastifyReply) {
    const post = await this.content.create(draft)
    reply.header('location', `/v1/posts/${post.id}`)
    return tagged(post, reply)
  }

  @Route({
    method: 'GET',
    path: '/v1/posts',
    access: 'anyone',
    summary: 'Lists published posts, newest first; with mine=true the drafts of the caller',
    budget: { queries: 1, bytes: 83_000 },
    query: ListQuery,
    answer: pageOf(PostSummary).meta({ title: 'PostPage' }),
  })
  async list(@Query() { limit, cursor, ...filters }: z.output<typeof ListQuery>) {
    const scope = { list: 'posts', filters }
    const after = this.cursors.open(scope, PostKey, cursor)
    const { items, next } = await this.content.list({ ...filters, limit, ...(after && { after }) })
    return pageText(items, next && this.cursors.sign(scope, next))
  }

  @Route({
    ...one,
    method: 'GET',
    access: 'anyone',
    summary: 'Reads a post; only its owner can read a draft',
    budget: { queries: 1, bytes: 84_000 },
    answer: Post,
    otherStatuses: { 304: undefined },
    headers: etag,
  })
  async get(@Params() { id }: PostParams, @Request() { headers }: FastifyRequest, @Reply() reply: FastifyReply) {
    const { version, post } = await this.content.get({ id })
    const current = etagOf(version)
    reply.header('etag', current)
    return isKnown(current, headers) ? notModified(reply) : post
  }

  @Route({
    ...one,
    method: 'PATCH',
    access: 'user',
    summary: 'Changes a post',
    budget: { queries: 9, bytes: 84_000 },
    conditional: true,
    body: PostChange.meta({ minProperties: 1 }),
    answer: Post,
    headers: etag,
    errors: ['VERSION_MISMATCH', 'MEDIA_NOT_USABLE'],
  })
  async change(
    @Params() { id }: PostParams,
    @Body() change: z.output<typeof PostChange>,
    @Request() { headers }: FastifyRequest,
    @Reply() reply: FastifyReply,
  ) {
    return tagged(await this.content.change({ id, ...expectedVersion(headers), change }), reply)
  }

  @Route({
    ...one,
    method: 'DELETE',
    access: 'user',
    summary: 'Removes a post',
    budget: { queries: 5, bytes: 0 },
    conditional: true,
    status: 204,
    errors: ['VERSION_MISMATCH'],
  })
  remove(@Params() { id }: PostParams, @Request() { headers }: FastifyRequest) {
    return this.content.remove({ id, ...expectedVersion(headers) })
  }

  @Route({
    method: 'POST',
    path: '/v1/posts/:id/publish',
    access: 'user',
    summary: 'Publishes a draft; publishing it again changes nothing',
    budget: { queries: 7, bytes: 84_000 },
    params: PostParams,
    answer: Post,
    headers: etag,
  })
  async publish(@Params() { id }: PostParams, @Reply() reply: FastifyReply) {
    return tagged(await this.content.publish({ id }), reply)
  }

  @Route({
    method: 'POST',
    path: '/v1/imports/posts',
    access: 'admin',
    summary: 'Publishes documents; those with a key that was imported before are skipped',
    budget: { queries: 4, bytes: 1_000 },
    body: ImportBatch,
    answer: ImportResult,
  })
  import(@Body() batch: z.output<typeof ImportBatch>) {
    return this.content.import(batch)
  }
}

function tagged(post: Post, reply: FastifyReply): Post {
  reply.header('etag', etagOf(post.version))
  return post
}
