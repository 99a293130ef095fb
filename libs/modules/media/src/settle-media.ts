import { MediaFailed, MediaReady } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import type { Rendered } from './drivers/renderer.js'
import { RemoveObjects } from './remove-objects-job.js'

type Owner = { ownerId: string }

const markReady = `
  UPDATE media.media SET status = 'ready', width = $2, height = $3, thumbhash = $4, renditions = $5
  WHERE id = $1 AND status = 'processing' RETURNING owner_id AS "ownerId"`
const markFailed = `
  UPDATE media.media SET status = 'failed', reason = $3, renditions = '[]'
  WHERE id = $1 AND status = $2 RETURNING owner_id AS "ownerId"`

/** The final states of media: `ready` or `failed`, set once, together with the event in the same transaction. */
@Injectable()
export class MediaSettlement {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly jobs: Jobs,
  ) {}

  /** The objects are already stored. If the row has been removed meanwhile, they are removed too. */
  async ready(mediaId: string, { width, height, thumbhash, files }: Rendered): Promise<void> {
    const renditions = files.map(({ path: _, ...rendition }) => rendition)
    await this.database.write(async (transaction) => {
      const [media] = await transaction.query<Owner>(markReady, [mediaId, width, height, thumbhash, JSON.stringify(renditions)])
      if (media === undefined) await this.jobs.add(transaction, RemoveObjects({ mediaId }))
      else await this.outbox.add(transaction, MediaReady({ id: mediaId, ownerId: media.ownerId }))
    })
  }

  /** Only from the given status: media that were settled otherwise in the meantime stay as they are. */
  async failed(mediaId: string, from: 'processing' | 'ready', reason: string): Promise<void> {
    await this.database.write((transaction) => this.fail(transaction, mediaId, [from, reason]))
  }

  private async fail(transaction: Transaction, mediaId: string, [from, reason]: [string, string]): Promise<void> {
    const [media] = await transaction.query<Owner>(markFailed, [mediaId, from, reason])
    if (media === undefined) return
    await this.outbox.add(transaction, MediaFailed({ id: mediaId, ownerId: media.ownerId, reason }))
    await this.jobs.add(transaction, RemoveObjects({ mediaId }))
  }
}
