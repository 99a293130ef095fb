import { Id } from '@kilomega/contracts'
import { Database, removeInBatches, type Transaction } from '@kilomega/database'
import { job, Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { RemoveObjects } from './remove-objects-job.js'

export const RemoveMediaOfAccount = job('media.remove-media-of-account', z.object({ accountId: Id }))

/** Pictures in one transaction, each with its own job for the objects. */
const batch = 500
/** Pictures in one run; another job does the rest, so that other accounts get their turn. */
const mostInRun = 10_000

const remove = `
  DELETE FROM media.media WHERE id IN (SELECT id FROM media.media WHERE owner_id = $1 LIMIT $2)
  RETURNING id AS "mediaId"`

/** Removes all pictures of a deleted account. Rows are deleted first, as with any removal. */
@Injectable()
export class AccountMediaRemoval {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  async remove(accountId: string): Promise<void> {
    const some = (limit: number) => this.database.write((transaction) => this.removeSome(transaction, accountId, limit))
    const { done } = await removeInBatches({ batch, most: mostInRun, remove: some })
    if (!done) await this.database.write((transaction) => this.jobs.add(transaction, RemoveMediaOfAccount({ accountId })))
  }

  private async removeSome(transaction: Transaction, accountId: string, limit: number): Promise<number> {
    const removed = await transaction.query<{ mediaId: string }>(remove, [accountId, limit])
    await this.jobs.add(transaction, ...removed.map((media) => RemoveObjects(media)))
    return removed.length
  }
}
