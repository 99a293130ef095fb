import { DatabaseClock, removeBounded } from '@kilomega/database'
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

@Injectable()
export class SearchJobs {
  constructor(
    private readonly index: SearchIndex,
    private readonly config: SearchConfig,
    private readonly clock: DatabaseClock,
    private readonly signals: Signals,
  ) {}

  @Runs(SettleIndex, { everyMs: 3_000 })
  settle(): Promise<void> {
    return this.index.settle()
  }

  @Runs(ForgetRemovals, { everyMs: dayMs })
  async forgetRemovals(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.config.keepRemovalsDays * dayMs)
    const remove = (limit: number) => this.index.forgetRemovals(before, limit)
    await removeBounded({ what: 'search.document', batch, most: mostInRun, remove }, this.signals)
  }
}
