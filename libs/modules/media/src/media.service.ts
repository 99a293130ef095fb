import type { Media, MediaPort, RenditionBytes, RenditionName, Upload } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { currentCall, portErrors } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { UploadAcceptance } from './accept-upload.js'
import { renditionKey } from './name-objects.js'
import { mediaById } from './read-media.js'
import { RemoveObjects } from './remove-objects-job.js'

const removeOwn = 'DELETE FROM media.media WHERE id = $1 AND owner_id = $2 RETURNING id'

@Injectable()
export class MediaService implements MediaPort {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly uploads: UploadAcceptance,
    private readonly receipts: Receipts,
  ) {}

  async accept(upload: Upload): Promise<Media> {
    return this.uploads.accept(upload, callingUser())
  }

  async get({ id }: { id: string }): Promise<Media> {
    const media = await this.database.read((queryable) => mediaById(queryable, id))
    if (media === undefined) throw portErrors.NOT_FOUND()
    return media
  }

  async locate({ id, rendition: name }: { id: string; rendition: RenditionName }): Promise<RenditionBytes> {
    const media = await this.get({ id })
    const rendition = media.renditions.find((candidate) => candidate.name === name)
    if (media.status !== 'ready' || rendition === undefined) throw portErrors.NOT_FOUND()
    const { type, sizeBytes, hash } = rendition
    return { objectKey: renditionKey(id, rendition), type, sizeBytes, hash, public: media.public }
  }

  /** After the commit it is missing for everyone; the job removes the bytes. */
  async remove({ id }: { id: string }): Promise<void> {
    await this.receipts.once(this.database, async (transaction) => {
      const removed = await transaction.query(removeOwn, [id, callingUser()])
      if (removed.length === 0) throw portErrors.NOT_FOUND()
      await this.jobs.add(transaction, RemoveObjects({ mediaId: id }))
    })
  }
}

/** Pictures belong to people: the system has none of its own. */
function callingUser(): string {
  const { actor } = currentCall()
  if (actor.kind !== 'user') throw portErrors.FORBIDDEN()
  return actor.id
}
