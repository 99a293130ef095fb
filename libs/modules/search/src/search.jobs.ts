import { Clock } from '@kilomega/ports'
import { job, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { SearchIndex } from './drivers/search-index.js'
import { SearchConfig } from './search.config.js'

export const SettleIndex = job('search.settle-index', z.object({}), { attempts: 1, timeoutMs: 30_000 })
export const ForgetRemovals = job('search.forget-removals', z.object({}), { attempts: 3, timeoutMs: 60_000 })

const dayMs = 86_400_000

@Injectable()
export class SearchJobs {
  constructor(
    private readonly index: SearchIndex,
    private readonly config: SearchConfig,
    private readonly clock: Clock,
  ) {}

  @Runs(SettleIndex, { everyMs: 3_000 })
  settle(): Promise<void> {
    return this.index.settle()
  }

  @Runs(ForgetRemovals, { everyMs: dayMs })
  forgetRemovals(): Promise<void> {
    return this.index.forgetRemovals(new Date(this.clock.now().getTime() - this.config.keepRemovalsDays * dayMs))
  }
}
