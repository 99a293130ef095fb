import type { Media as MediaView, Upload } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { AppError, type ErrorValue, portErrors } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { Repository, SelectQueryBuilder } from 'typeorm'
import { UploadInspection } from './inspect-upload.js'
import { MakeRenditions, maxPlace, turnOf } from './make-renditions-job.js'
import { visibleMedia } from './read-media.js'
import { Media, unfinished } from './tables/media.entity.js'

/** Refused bytes are deleted, so a repeat could not be inspected again: refusals are stored in the receipt, as accepted uploads are. */
type Outcome = { accepted: MediaView } | { refused: ErrorValue }

/**
 * Accepts an upload: row and job in one transaction, while the bytes stay in quarantine. The job moves them. So whatever crashes in between, there is
 * either a row whose job continues, or bytes in quarantine without a row, which the sweep removes.
 */
@Injectable()
export class UploadAcceptance {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly inspection: UploadInspection,
    private readonly receipts: Receipts,
  ) {}

  async accept(upload: Upload, ownerId: string): Promise<MediaView> {
    let refusal: AppError | undefined
    let isRepeat = true
    const accept = async (transaction: Transaction): Promise<Outcome> => {
      isRepeat = false
      return refusal === undefined ? { accepted: await this.store(transaction, upload, ownerId) } : { refused: refusal.toValue() }
    }
    const inspect = async (): Promise<void> => {
      refusal = await this.refusalOf(upload)
    }
    const outcome = await this.receipts.once(this.database, accept, inspect, inputOf(upload))
    if ('refused' in outcome || (isRepeat && !(await this.isAccepted(upload)))) await this.inspection.discard(upload.objectKey)
    if ('refused' in outcome) throw AppError.from(outcome.refused)
    return outcome.accepted
  }

  /** An upload that was accepted before is valid, wherever its bytes are now. */
  private async refusalOf(upload: Upload): Promise<AppError | undefined> {
    return (await this.isAccepted(upload)) ? undefined : this.inspection.refusalOf(upload.objectKey)
  }

  private async isAccepted({ objectKey }: Upload): Promise<boolean> {
    return (await visibleMedia(this.media, { uploadKey: objectKey })) !== undefined
  }

  private async store(transaction: Transaction, { objectKey, alt }: Upload, ownerId: string): Promise<MediaView> {
    const mediaId = await this.insert({ ownerId, uploadKey: objectKey, alt: alt ?? null })
    if (mediaId !== undefined) await this.jobs.add(transaction, MakeRenditions({ mediaId }, turnOf(await this.countUnfinished(ownerId))))
    const media = await visibleMedia(this.media, { uploadKey: objectKey })
    if (media === undefined) throw portErrors.NOT_FOUND()
    return media
  }

  /** Undefined: the upload was accepted before. */
  private async insert(fields: Pick<Media, 'ownerId' | 'uploadKey' | 'alt'>): Promise<string | undefined> {
    const values = { ...fields, id: () => 'uuidv7()', queuedAt: () => 'now()', createdAt: () => 'now()' }
    const insert = this.media.createQueryBuilder().insert().values(values).orIgnore().returning('id').updateEntity(false)
    const { raw } = (await insert.execute()) as { raw: { id: string }[] }
    return raw[0]?.id
  }

  /** Up to the largest place that is distinguished. */
  private async countUnfinished(ownerId: string): Promise<number> {
    const own = (query: SelectQueryBuilder<Media>) =>
      query.select('media.id').from(Media, 'media').where({ ownerId, status: unfinished }).limit(maxPlace)
    const query = this.media.manager.createQueryBuilder().select('count(*)::int', 'count').from(own, 'own')
    return (await query.getRawOne<{ count: number }>())!.count
  }
}

/** The same bytes are the same upload, wherever a repeat has put them. If the caller sends no hash, the object key decides. */
const inputOf = ({ objectKey, hash, alt }: Upload): object => (hash === undefined ? { objectKey, alt } : { hash, alt })
