import type { Media, Upload } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Receipts } from '@kilomega/messaging'
import { AppError, type ErrorValue, portErrors } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { UploadInspection } from './inspect-upload.js'
import { MakeRenditions, turnOf } from './make-renditions-job.js'
import { mediaOfUpload } from './read-media.js'

const insert = `
  INSERT INTO media.media (id, owner_id, upload_key, alt, queued_at, created_at) VALUES (uuidv7(), $1, $2, $3, now(), now())
  ON CONFLICT (upload_key) DO NOTHING RETURNING id`

/** Pictures of one owner that are not ready yet, as far as turns are told apart. */
const countUnfinished = `
  SELECT count(*)::int AS count FROM (SELECT FROM media.media WHERE owner_id = $1 AND status = 'processing' LIMIT 1000) AS unfinished`

/** Refused bytes are gone afterwards, so a repeat could not find out again: what was said is kept, as what was taken is. */
type Outcome = { accepted: Media } | { refused: ErrorValue }

/**
 * Takes an upload in: row and job in one transaction, while the bytes stay in quarantine. The job moves them, so whatever dies in between, either
 * there is a row whose job goes on, or bytes in quarantine without a row, which the sweep removes.
 */
@Injectable()
export class UploadAcceptance {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly inspection: UploadInspection,
    private readonly receipts: Receipts,
  ) {}

  async accept(upload: Upload, ownerId: string): Promise<Media> {
    let refusal: AppError | undefined
    let isRepeat = true
    const take = async (transaction: Transaction): Promise<Outcome> => {
      isRepeat = false
      return refusal === undefined ? { accepted: await this.take(transaction, upload, ownerId) } : { refused: refusal.toValue() }
    }
    const inspect = async (): Promise<void> => {
      refusal = await this.refusalOf(upload)
    }
    const outcome = await this.receipts.once(this.database, take, inspect, askedBy(upload))
    if ('refused' in outcome || (isRepeat && !(await this.isTaken(upload)))) await this.inspection.discard(upload.objectKey)
    if ('refused' in outcome) throw AppError.from(outcome.refused)
    return outcome.accepted
  }

  /** What was taken before is fit, wherever its bytes are by now. */
  private async refusalOf(upload: Upload): Promise<AppError | undefined> {
    return (await this.isTaken(upload)) ? undefined : this.inspection.refusalOf(upload.objectKey)
  }

  private async isTaken({ objectKey }: Upload): Promise<boolean> {
    return (await this.database.read((queryable) => mediaOfUpload(queryable, objectKey))) !== undefined
  }

  private async take(transaction: Transaction, { objectKey, alt }: Upload, ownerId: string): Promise<Media> {
    const [inserted] = await transaction.query<{ id: string }>(insert, [ownerId, objectKey, alt ?? null])
    if (inserted !== undefined) await this.jobs.add(transaction, MakeRenditions({ mediaId: inserted.id }, await this.turn(transaction, ownerId)))
    const media = await mediaOfUpload(transaction, objectKey)
    if (media === undefined) throw portErrors.NOT_FOUND()
    return media
  }

  private async turn(transaction: Transaction, ownerId: string) {
    const [row] = await transaction.query<{ count: number }>(countUnfinished, [ownerId])
    return turnOf(row!.count)
  }
}

/** The same bytes are the same upload, wherever a repeat has put them. Of callers that do not say what the bytes are, the place tells. */
const askedBy = ({ objectKey, hash, alt }: Upload): object => (hash === undefined ? { objectKey, alt } : { hash, alt })
