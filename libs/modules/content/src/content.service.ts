import { type ContentPort, type ImportBatch, MediaPort, type PostChange, type PostDraft, type PostList } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Outbox, Receipts } from '@kilomega/messaging'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import type { z } from 'zod'
import { changePost } from './change-post.js'
import { createPost } from './create-post.js'
import { readPost } from './get-post.js'
import { checkDocuments, importPosts } from './import-posts.js'
import { readPage } from './list-posts.js'
import { publishPost } from './publish-post.js'
import { removePost } from './remove-post.js'
import { lockedPost, requireVersion, writablePost } from './stored-post.js'
import { requireOwnMedia } from './usable-media.js'
import { readerOf, writerOf } from './writer.js'

interface PostRef {
  id: string
}
interface PostVersion extends PostRef {
  version?: number | number[] | undefined
}

/** Posts. Ownership is checked by the statements themselves, in the WHERE of each. */
@Injectable()
export class ContentService implements ContentPort {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly media: MediaPort,
    private readonly receipts: Receipts,
  ) {}

  async create(draft: PostDraft) {
    const writer = writerOf(currentCall().actor)
    return this.receipts.once(
      this.database,
      (transaction) => createPost(transaction, writer.id, draft),
      () => requireOwnMedia(this.media, draft.mediaIds ?? [], writer.id),
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

  async change({ id, version, change }: PostVersion & { change: z.output<typeof PostChange> }) {
    const ownerId = ownerOrAnybody()
    return this.receipts.once(
      this.database,
      async (transaction) => {
        const post = await lockedPost(transaction, id, ownerId)
        requireVersion(post, version)
        return changePost(transaction, this.outbox, post, change)
      },
      () => this.requireUsable(id, ownerId, change.mediaIds),
    )
  }

  publish({ id }: PostRef) {
    const { id: ownerId } = writerOf(currentCall().actor)
    return this.receipts.once(this.database, async (transaction) => publishPost(transaction, this.outbox, await lockedPost(transaction, id, ownerId)))
  }

  remove({ id, version }: PostVersion) {
    const ownerId = ownerOrAnybody()
    return this.receipts.once(this.database, async (transaction) => {
      const post = await lockedPost(transaction, id, ownerId)
      requireVersion(post, version)
      await removePost(transaction, this.outbox, post)
    })
  }

  import(batch: z.output<typeof ImportBatch>) {
    const { id: authorId } = writerOf(currentCall().actor)
    const documents = checkDocuments(batch)
    return this.receipts.once(this.database, (transaction) => importPosts(transaction, this.outbox, authorId, documents))
  }

  /** Checked before the transaction, so that no lock is held while another module answers. Pictures that the post already has stay usable. */
  private async requireUsable(id: string, ownerId: string | null, mediaIds: readonly string[] | null | undefined): Promise<void> {
    if (mediaIds === null || mediaIds === undefined) return
    const post = await this.database.read((queryable) => writablePost(queryable, id, ownerId))
    const added = mediaIds.filter((mediaId) => !post.mediaIds.includes(mediaId))
    await requireOwnMedia(this.media, added, post.authorId)
  }
}

/** An admin may change and remove the posts of others. */
function ownerOrAnybody(): string | null {
  const writer = writerOf(currentCall().actor)
  return writer.admin ? null : writer.id
}
