import { Database, type Transaction } from '@kilomega/database'
import { Clock } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { lastTurn, MakeRenditions } from './make-renditions-job.js'
import { quarantine } from './name-objects.js'
import { MediaSettlement } from './settle-media.js'

const hourMs = 3_600_000
/** An upload is accepted or refused seconds after it was stored. */
const leftInQuarantineMs = hourMs
/** A job that was forgotten: its queue was wiped, or it ended as a dead letter. A second job for the same picture does no harm. */
const forgottenMs = hourMs
const givenUpMs = 24 * hourMs
const batch = 500

const selectWanted = `SELECT upload_key AS key FROM media.media WHERE upload_key = ANY($1) AND status = 'processing'`
const selectHopeless = `SELECT id FROM media.media WHERE status = 'processing' AND created_at < $1 ORDER BY created_at LIMIT $2`
const requeue = `
  UPDATE media.media SET queued_at = $2
  WHERE id IN (SELECT id FROM media.media WHERE status = 'processing' AND queued_at < $1 ORDER BY queued_at LIMIT $3)
  RETURNING id`

interface Row {
  id: string
}

/** Nothing stays half done: uploads that nobody accepted go, media whose job was forgotten get another, media that do not end in a day have failed. */
@Injectable()
export class UploadSweep {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly jobs: Jobs,
    private readonly settlement: MediaSettlement,
    private readonly clock: Clock,
  ) {}

  async sweep(): Promise<void> {
    await this.emptyQuarantine()
    await this.giveUpHopeless()
    await this.database.write((transaction) => this.requeueForgotten(transaction))
  }

  private async emptyQuarantine(): Promise<void> {
    for await (const keys of this.store.pages(quarantine, this.ago(leftInQuarantineMs))) {
      const wanted = await this.database.read((queryable) => queryable.query<{ key: string }>(selectWanted, [keys]))
      const keep = new Set(wanted.map(({ key }) => key))
      await this.store.remove(...keys.filter((key) => !keep.has(key)))
    }
  }

  private async giveUpHopeless(): Promise<void> {
    const hopeless = await this.database.read((queryable) => queryable.query<Row>(selectHopeless, [this.ago(givenUpMs), batch]))
    for (const { id } of hopeless) await this.settlement.failed(id, 'processing', 'GAVE_UP')
  }

  private async requeueForgotten(transaction: Transaction): Promise<void> {
    const forgotten = await transaction.query<Row>(requeue, [this.ago(forgottenMs), this.clock.now(), batch])
    await this.jobs.add(transaction, ...forgotten.map(({ id }) => MakeRenditions({ mediaId: id }, lastTurn)))
  }

  private ago(ms: number): Date {
    return new Date(this.clock.now().getTime() - ms)
  }
}
