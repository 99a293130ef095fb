import { Id } from '@kilomega/contracts'
import { Database, removeInBatches, type Transaction } from '@kilomega/database'
import { job, Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Any, type Repository } from 'typeorm'
import { z } from 'zod'
import { RemoveObjects } from './remove-objects.js'
import { Media } from './tables/media.entity.js'

export const RemoveMediaOfAccount = job('media.remove-media-of-account', z.object({ accountId: Id }))

/** Pictures in one transaction, each with its own job for the objects. */
const batch = 500
/** Pictures in one run; another job does the rest, so that other accounts get their turn. */
const mostInRun = 10_000

/** Removes all pictures of a deleted account. Rows are deleted first, as with any removal. */
@Injectable()
export class AccountMediaRemoval {
  constructor(
    @InjectRepository(Media) private readonly media: Repository<Media>,
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  async remove(accountId: string): Promise<void> {
    const some = (limit: number) => this.database.write((transaction) => this.removeSome(transaction, accountId, limit))
    const { done } = await removeInBatches({ batch, most: mostInRun, remove: some })
    if (!done) await this.database.write((transaction) => this.jobs.add(transaction, RemoveMediaOfAccount({ accountId })))
  }

  private async removeSome(transaction: Transaction, accountId: string, limit: number): Promise<number> {
    const where = { ownerId: accountId }
    const some = await this.media.find({ select: { id: true }, where, take: limit, lock: { mode: 'pessimistic_write' } })
    await this.media.delete({ id: Any(some.map(({ id }) => id)) })
    await this.jobs.add(transaction, ...some.map(({ id: mediaId }) => RemoveObjects({ mediaId })))
    return some.length
  }
}
