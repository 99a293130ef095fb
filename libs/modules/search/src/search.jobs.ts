import { Database, removeBounded } from '@kilomega/database'
import { Signals } from '@kilomega/observability'
import { job, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { SearchIndex } from './drivers/search-index.js'
import { SearchConfig } from './search.config.js'

export const SettleIndex = job('search.settle-index', z.object({}), { attempts: 1, timeoutMs: 30_000 })
export const ForgetRemovals = job('search.forget-removals', z.object({}), { attempts: 3, timeoutMs: 60_000 })

const dayMs = 86_400_000
/** Removals in one statement. */
const batch = 5_000
/** The limit of removals deleted in one daily run: ten times those of a busy day, but a bound if a clock is wrong. */
const mostInRun = 100_000

const daysAgo = `SELECT now() - $1 * interval '1 day' AS before`

@Injectable()
export class SearchJobs {
  constructor(
    private readonly index: SearchIndex,
    private readonly config: SearchConfig,
    private readonly database: Database,
    private readonly signals: Signals,
  ) {}

  @Runs(SettleIndex, { everyMs: 3_000 })
  settle(): Promise<void> {
    return this.index.settle()
  }

  @Runs(ForgetRemovals, { everyMs: dayMs })
  async forgetRemovals(): Promise<void> {
    const [age] = await this.database.read((queryable) => queryable.query<{ before: string }>(daysAgo, [this.config.keepRemovalsDays]))
    const remove = (limit: number) => this.index.forgetRemovals(new Date(age!.before), limit)
    await removeBounded({ what: 'search.document', batch, most: mostInRun, remove }, this.signals)
  }
}
