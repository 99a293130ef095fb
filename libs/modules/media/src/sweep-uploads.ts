import { Database, removeBounded, type Transaction } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { Jobs } from '@kilomega/queue'
import { ObjectStore } from '@kilomega/storage'
import { Injectable } from '@nestjs/common'
import { Any, Raw } from 'typeorm'
import { lastTurn, MakeRenditions } from './make-renditions-job.js'
import { quarantine } from './name-objects.js'
import { MediaSettlement } from './settle-media.js'
import { Media, unfinished } from './tables/media.entity.js'

/** Rows in one statement. */
const batch = 500
/** The limit of media given up in one run, every 10 minutes: giving up is final, and one a day is already many. */
const maxGivenUp = 100
/** The limit of uploads removed in one run: enough for a flood of refused ones, but a bound if a clock is wrong. */
const maxRemovedUploads = 10_000

/**
 * All times are those of the database. An upload is accepted or refused within seconds after it was stored. By hand, because TypeORM selects nothing without
 * a table.
 */
const selectQuarantineEnd = `SELECT now() - interval '1 hour' AS before`
const hopeless = { status: unfinished, createdAt: Raw((time) => time + ` < now() - interval '1 day'`) } as const
const forgotten = {
  status: unfinished,
  queuedAt: Raw((time) => time + ` NOT BETWEEN now() - interval '1 hour' AND now() + interval '1 minute'`),
} as const

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
      const wanted = await this.wanted(keys)
      const unwanted = keys.filter((key) => !wanted.has(key))
      await this.store.remove(...unwanted)
      removed += unwanted.length
      if (removed >= maxRemovedUploads) return this.signals.emit('retention.stopped', { what: 'media.quarantine', removed })
    }
  }

  private async wanted(keys: string[]): Promise<Set<string>> {
    const where = { uploadKey: Any(keys), status: 'processing' } as const
    const found = await this.database.read(({ manager }) => manager.find(Media, { select: { uploadKey: true }, where }))
    return new Set(found.map(({ uploadKey }) => uploadKey))
  }

  private async giveUpHopeless(): Promise<void> {
    const remove = async (limit: number) => {
      const oldest = { select: { id: true }, where: hopeless, order: { createdAt: 'ASC' }, take: limit } as const
      const found = await this.database.read(({ manager }) => manager.find(Media, oldest))
      for (const { id } of found) await this.settlement.failed(id, 'processing', 'GAVE_UP')
      return found.length
    }
    await removeBounded({ what: 'media.media', batch, most: maxGivenUp, remove }, this.signals)
  }

  /**
   * Their job was lost: its queue was wiped, or it became a dead letter. A second job for the same picture does no harm. A time in the future, from a clock
   * that was wrong, is replaced by the current time.
   */
  private async requeueForgotten(transaction: Transaction): Promise<void> {
    const oldest = { select: { id: true }, where: forgotten, order: { queuedAt: 'ASC' }, take: batch } as const
    const found = await transaction.manager.find(Media, { ...oldest, lock: { mode: 'pessimistic_write' } })
    const ids = found.map(({ id }) => id)
    await transaction.manager.update(Media, { id: Any(ids) }, { queuedAt: () => 'now()', createdAt: () => 'least(created_at, now())' })
    await this.jobs.add(transaction, ...ids.map((mediaId) => MakeRenditions({ mediaId }, lastTurn)))
  }
}
