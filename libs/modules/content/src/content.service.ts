import { contentErrors, type ContentPort, type ImportBatch, MediaPort, type PostChange, type PostDraft, type PostList } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { IsNull, type QueryDeepPartialEntity, type Repository } from 'typeorm'
import type { z } from 'zod'
import { checkDocuments, importPosts } from './import-posts.js'
import { fieldsOf, viewOf } from './post-view.js'
import { readPage, readPost } from './posts-as-json.js'
import { PublishedPosts } from './published-posts.js'
import { Post } from './tables/post.entity.js'
import { requireOwnMedia } from './usable-media.js'
import { readerOf, writerOf } from './writer.js'

interface PostRef {
  id: string
}
interface PostVersion extends PostRef {
  version?: number | number[] | undefined
}

/** Posts. A post that somebody may not write is missing for them, published or not. */
@Injectable()
export class ContentService implements ContentPort {
  constructor(
    @InjectRepository(Post) private readonly posts: Repository<Post>,
    private readonly published: PublishedPosts,
    private readonly database: Database,
    private readonly media: MediaPort,
    private readonly receipts: Receipts,
  ) {}

  /** Creates a draft. Only its owner can see it, so no event is published. */
  async create(draft: PostDraft) {
    const { id: authorId } = writerOf(currentCall().actor)
    return this.receipts.once(
      this.database,
      async () => viewOf(await this.posts.save({ authorId, ...fieldsOf(draft), publishedAt: null })),
      () => requireOwnMedia(this.media, draft.mediaIds ?? [], authorId),
    )
  }

  get({ id }: PostRef) {
    return readPost(this.database, id, readerOf(currentCall().actor))
  }

  async list(list: PostList) {
    if (!list.mine) return readPage(this.database, list, false)
    const owner = readerOf(currentCall().actor)
    if (owner === null) throw portErrors.UNAUTHENTICATED()
    return readPage(this.database, { ...list, author: owner }, true)
  }

  /** Fields that the change does not name stay as they are. */
  async change({ id, version, change }: PostVersion & { change: z.output<typeof PostChange> }) {
    const where = writable(id)
    return this.receipts.once(
      this.database,
      async (transaction) => {
        const before = await this.locked(where, version)
        const after = await this.rewrite(id, fieldsOf({ ...before, ...change }))
        await this.published.changed(transaction, before, after)
        return viewOf(after)
      },
      () => this.requireUsable(where, change.mediaIds),
    )
  }

  /** One that is published already stays as it is, and no second event is published. */
  publish({ id }: PostRef) {
    const { id: authorId } = writerOf(currentCall().actor)
    return this.receipts.once(this.database, async (transaction) => {
      const draft = await this.locked({ ...writable(id), authorId })
      if (draft.publishedAt !== null) return viewOf(draft)
      const post = await this.rewrite(id, { publishedAt: () => 'now()' })
      await this.published.published(transaction, post)
      return viewOf(post)
    })
  }

  /** Deletes the text; the id and the import key stay taken. */
  remove({ id, version }: PostVersion) {
    const where = writable(id)
    return this.receipts.once(this.database, async (transaction) => {
      const post = await this.locked(where, version)
      await this.posts.update(id, { ...fieldsOf({ title: '', body: '' }), publishedAt: null, removedAt: () => 'now()' })
      await this.published.removed(transaction, post)
    })
  }

  import(batch: z.output<typeof ImportBatch>) {
    const { id: authorId } = writerOf(currentCall().actor)
    const documents = checkDocuments(batch)
    return this.receipts.once(this.database, (transaction) => importPosts(transaction, this.published, authorId, documents))
  }

  /** Locked until the transaction ends. If no version is expected, any will do. */
  private async locked(where: Writable, version?: PostVersion['version']): Promise<Post> {
    const post = await this.posts.findOne({ where, lock: { mode: 'pessimistic_write' } })
    if (post === null) throw portErrors.NOT_FOUND()
    if (version !== undefined && ![version].flat().includes(post.version)) throw contentErrors.VERSION_MISMATCH({ version: post.version })
    return post
  }

  private async rewrite(id: string, fields: QueryDeepPartialEntity<Post>): Promise<Post> {
    await this.posts.update(id, fields)
    return this.posts.findOneByOrFail({ id })
  }

  /** Checked before the transaction, so that no lock is held while another module answers. Pictures that the post already has stay usable. */
  private async requireUsable(where: Writable, mediaIds: readonly string[] | null | undefined): Promise<void> {
    if (mediaIds === null || mediaIds === undefined) return
    const post = await this.posts.findOneBy(where)
    if (post === null) throw portErrors.NOT_FOUND()
    const added = mediaIds.filter((mediaId) => !post.mediaIds.includes(mediaId))
    await requireOwnMedia(this.media, added, post.authorId)
  }
}

type Writable = ReturnType<typeof writable>

/** The post if the caller may write it: an admin may change and remove the posts of others. */
function writable(id: string) {
  const writer = writerOf(currentCall().actor)
  return { id, removedAt: IsNull(), ...(!writer.admin && { authorId: writer.id }) }
}
