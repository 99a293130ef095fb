import { Database } from '@kilomega/database'
import { job, Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { z } from 'zod'
import { OpenMonths } from './open-months.js'
import { AccountEventRemoval, RemoveEventsOfAccount } from './remove-events-of-account.js'
import { rollUpDays } from './roll-up-days.js'

const minuteMs = 60_000

const PrepareMonths = job('analytics.prepare-months', z.object({}))
const RollUpDays = job('analytics.roll-up-days', z.object({}), { attempts: 1 })

@Injectable()
export class AnalyticsJobs {
  constructor(
    private readonly database: Database,
    private readonly months: OpenMonths,
    private readonly accounts: AccountEventRemoval,
  ) {}

  @Runs(PrepareMonths, { everyMs: 360 * minuteMs })
  async prepareMonths(): Promise<void> {
    await this.months.prepare()
  }

  @Runs(RollUpDays, { everyMs: minuteMs })
  async rollUpDays(): Promise<void> {
    await this.database.write(rollUpDays)
  }

  @Runs(RemoveEventsOfAccount)
  async removeEventsOfAccount({ accountId, from }: { accountId: string; from?: string | undefined }): Promise<void> {
    await this.accounts.remove(accountId, from)
  }
}
