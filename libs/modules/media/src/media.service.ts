import type { Media as MediaView, MediaPort, RenditionBytes, RenditionName, Upload } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { currentCall, portErrors } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { Repository } from 'typeorm'
import { UploadAcceptance } from './accept-upload.js'
import { renditionKey } from './name-objects.js'
import { visibleMedia } from './read-media.js'
import { RemoveObjects } from './remove-objects.js'
import { Media } from './tables/media.entity.js'

@Injectable()
export class MediaService implements MediaPort {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly uploads: UploadAcceptance,
    private readonly receipts: Receipts,
  ) {}

  async accept(upload: Upload): Promise<MediaView> {
    return this.uploads.accept(upload, callingUser())
  }

  async get({ id }: { id: string }): Promise<MediaView> {
    const media = await visibleMedia(this.media, { id })
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
      const { affected } = await this.media.delete({ id, ownerId: callingUser() })
      if (affected === 0) throw portErrors.NOT_FOUND()
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
