import { Database, removeBounded, type Transaction } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Jobs } from '@kilomega/queue'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { lastTurn, MakeRenditions } from './make-renditions-job.js'
import { quarantine } from './name-objects.js'
import { MediaSettlement } from './settle-media.js'

/** Rows in one statement. */
const batch = 500
/** The limit of media given up in one run, every 10 minutes: giving up is final, and one a day is already many. */
const maxGivenUp = 100
/** The limit of uploads removed in one run: enough for a flood of refused ones, but a bound if a clock is wrong. */
const maxRemovedUploads = 10_000

const selectWanted = `SELECT upload_key AS key FROM media.media WHERE upload_key = ANY($1) AND status = 'processing'`
/** All times are those of the database. An upload is accepted or refused within seconds after it was stored. */
const selectQuarantineEnd = `SELECT now() - interval '1 hour' AS before`
const selectHopeless = `SELECT id FROM media.media WHERE status = 'processing' AND created_at < now() - interval '1 day' ORDER BY created_at LIMIT $1`
/**
 * A job that was lost: its queue was wiped, or it became a dead letter. A second job for the same picture does no harm. A time in the future, from a clock
 * that was wrong, is replaced by the current time.
 */
const requeue = `
  UPDATE media.media SET queued_at = now(), created_at = least(created_at, now())
  WHERE id IN (
    SELECT id FROM media.media
    WHERE status = 'processing' AND queued_at NOT BETWEEN now() - interval '1 hour' AND now() + interval '1 minute'
    ORDER BY queued_at LIMIT $1)
  RETURNING id`

interface Row {
  id: string
}

/** Leaves nothing half done: removes uploads that were not accepted, adds a new job for media whose job was lost, and fails media that are not done within a day. */
@Injectable()
export class UploadSweep {
  constructor(
    private readonly database: Database,
    private readonly store: ObjectStore,
    private readonly jobs: Jobs,
    private readonly settlement: MediaSettlement,
    private readonly signals: Signals,
  ) {}

  async sweep(): Promise<void> {
    await this.emptyQuarantine()
    await this.giveUpHopeless()
    await this.database.write((transaction) => this.requeueForgotten(transaction))
  }

  private async emptyQuarantine(): Promise<void> {
    const [end] = await this.database.read((queryable) => queryable.query<{ before: string }>(selectQuarantineEnd))
    let removed = 0
    for await (const keys of this.store.pages(quarantine, new Date(end!.before))) {
      const wanted = await this.database.read((queryable) => queryable.query<{ key: string }>(selectWanted, [keys]))
      const keep = new Set(wanted.map(({ key }) => key))
      const unwanted = keys.filter((key) => !keep.has(key))
      await this.store.remove(...unwanted)
      removed += unwanted.length
      if (removed >= maxRemovedUploads) return this.signals.emit('retention.stopped', { what: 'media.quarantine', removed })
    }
  }

  private async giveUpHopeless(): Promise<void> {
    const remove = async (limit: number) => {
      const hopeless = await this.database.read((queryable) => queryable.query<Row>(selectHopeless, [limit]))
      for (const { id } of hopeless) await this.settlement.failed(id, 'processing', 'GAVE_UP')
      return hopeless.length
    }
    await removeBounded({ what: 'media.media', batch, most: maxGivenUp, remove }, this.signals)
  }

  private async requeueForgotten(transaction: Transaction): Promise<void> {
    const forgotten = await transaction.query<Row>(requeue, [batch])
    await this.jobs.add(transaction, ...forgotten.map(({ id }) => MakeRenditions({ mediaId: id }, lastTurn)))
  }
}
