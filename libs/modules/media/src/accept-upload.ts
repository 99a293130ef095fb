import { type Media, mediaErrors, type Upload } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Clock, portErrors } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { detectType } from './detect-type.js'
import { MakeRenditions } from './make-renditions-job.js'
import { headBytes, measurePicture } from './measure-picture.js'
import { MediaConfig } from './media.config.js'
import { excessOf } from './picture-size.js'
import { mediaOfUpload } from './read-media.js'

const insert = `
  INSERT INTO media.media (id, owner_id, upload_key, alt, queued_at, created_at) VALUES (uuidv7(), $1, $2, $3, $4, $4)
  ON CONFLICT (upload_key) DO NOTHING RETURNING id`

/**
 * Takes an upload in: row and job in one transaction, while the bytes stay in quarantine. The job moves them, so whatever dies in between, either
 * there is a row whose job goes on, or bytes in quarantine without a row, which the sweep removes.
 */
@Injectable()
export class UploadAcceptance {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly config: MediaConfig,
  ) {}

  async accept(upload: Upload, ownerId: string): Promise<Media> {
    const known = await this.database.read((queryable) => mediaOfUpload(queryable, upload.objectKey))
    if (known !== undefined) return known
    await this.refuseUnfit(upload.objectKey)
    return this.database.write(async (transaction) => {
      await this.insert(transaction, upload, ownerId)
      const media = await mediaOfUpload(transaction, upload.objectKey)
      if (media === undefined) throw portErrors.NOT_FOUND()
      return media
    })
  }

  private async refuseUnfit(objectKey: string): Promise<void> {
    const head = await this.store.head(objectKey, headBytes)
    const type = detectType(head)
    const size = type && measurePicture(head, type)
    const excess = size && excessOf(size, this.config)
    if (type !== undefined && excess === undefined) return
    await this.store.remove(objectKey)
    throw type === undefined ? mediaErrors.UNSUPPORTED_MEDIA_TYPE() : mediaErrors.MEDIA_REJECTED({ reason: excess, ...size })
  }

  private async insert(transaction: Transaction, { objectKey, alt }: Upload, ownerId: string): Promise<void> {
    const [inserted] = await transaction.query<{ id: string }>(insert, [ownerId, objectKey, alt ?? null, this.clock.now()])
    if (inserted !== undefined) await this.jobs.add(transaction, MakeRenditions({ mediaId: inserted.id }))
  }
}
