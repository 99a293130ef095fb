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

/** An owner's unfinished pictures, counted up to the largest position. */
const countUnfinished = `
  SELECT count(*)::int AS count FROM (SELECT FROM media.media WHERE owner_id = $1 AND status = 'processing' LIMIT 1000) AS unfinished`

/** Refused bytes are deleted, so a repeat could not be inspected again: refusals are stored in the receipt, as accepted uploads are. */
type Outcome = { accepted: Media } | { refused: ErrorValue }

/**
 * Accepts an upload: row and job in one transaction, while the bytes stay in quarantine. The job moves them. So whatever crashes in between, there is
 * either a row whose job continues, or bytes in quarantine without a row, which the sweep removes.
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
    return (await this.database.read((queryable) => mediaOfUpload(queryable, objectKey))) !== undefined
  }

  private async store(transaction: Transaction, { objectKey, alt }: Upload, ownerId: string): Promise<Media> {
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

/** The same bytes are the same upload, wherever a repeat has put them. If the caller sends no hash, the object key decides. */
const inputOf = ({ objectKey, hash, alt }: Upload): object => (hash === undefined ? { objectKey, alt } : { hash, alt })
