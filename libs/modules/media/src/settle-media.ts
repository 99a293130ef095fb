import { MediaFailed, MediaReady } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { Outbox } from '@kilomega/messaging'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { FindOptionsWhere, QueryDeepPartialEntity, Repository } from 'typeorm'
import type { Rendered } from './drivers/renderer.js'
import { RemoveObjects } from './remove-objects.js'
import { Media } from './tables/media.entity.js'

/** The final states of media: `ready` or `failed`, set once, together with the event in the same transaction. */
@Injectable()
export class MediaSettlement {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly jobs: Jobs,
  ) {}

  /** The objects are already stored. If the row has been removed meanwhile, they are removed too. */
  async ready(mediaId: string, { width, height, thumbhash, files }: Rendered): Promise<void> {
    const renditions = files.map(({ path: _, ...rendition }) => rendition)
    await this.database.write(async (transaction) => {
      const ownerId = await this.settle({ id: mediaId, status: 'processing' }, { status: 'ready', width, height, thumbhash, renditions })
      if (ownerId === undefined) await this.jobs.add(transaction, RemoveObjects({ mediaId }))
      else await this.outbox.add(transaction, MediaReady({ id: mediaId, ownerId }))
    })
  }

  /** Only from the given status: media that were settled otherwise in the meantime stay as they are. */
  async failed(mediaId: string, from: 'processing' | 'ready', reason: string): Promise<void> {
    await this.database.write(async (transaction) => {
      const ownerId = await this.settle({ id: mediaId, status: from }, { status: 'failed', reason, renditions: [] })
      if (ownerId === undefined) return
      await this.outbox.add(transaction, MediaFailed({ id: mediaId, ownerId, reason }))
      await this.jobs.add(transaction, RemoveObjects({ mediaId }))
    })
  }

  /** Counts that the renderer ended while it worked on this picture. Returns how often it has, or undefined if the row has been removed. */
  async countDeath(mediaId: string): Promise<number | undefined> {
    const oneMore = { rendererDeaths: () => 'renderer_deaths + 1' }
    const { raw } = await this.database.write(() => this.media.update({ id: mediaId }, oneMore, { returning: ['rendererDeaths'] }))
    return (raw as { renderer_deaths: number }[])[0]?.renderer_deaths
  }

  /** Returns the owner, or undefined if the row is not as expected. Condition and change are one statement, so that only one of two settles a row. */
  private async settle(expected: FindOptionsWhere<Media>, outcome: QueryDeepPartialEntity<Media>): Promise<string | undefined> {
    const { raw } = await this.media.update(expected, outcome, { returning: ['ownerId'] })
    return (raw as { owner_id: string }[])[0]?.owner_id
  }
}
