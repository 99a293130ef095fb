import { Database } from '@kilomega/database'
import { Jobs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { Repository } from 'typeorm'
import type { PendingMail } from './mail-attempts.js'
import { mailPriority } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { SendMail } from './send-mail-job.js'
import { MailAttempt } from './tables/mail-attempt.entity.js'

/** How often a mail was refused temporarily, and how long its server asks to wait. */
interface Refused {
  times: number
  retryAfterMs: number
}

type Waits = Pick<NotificationsConfig, 'retryFirstMs' | 'retryLongestMs'>

/** Full jitter, so that mails that failed together are not retried together; never before the time that the server asks for. */
export function retryWaitMs({ times, retryAfterMs }: Refused, { retryFirstMs, retryLongestMs }: Waits, random = Math.random): number {
  return Math.ceil(retryAfterMs + random() * Math.min(retryLongestMs, retryFirstMs * 2 ** (times - 1)))
}

/** Schedules retries of mails that were refused temporarily. Each retry is a new job, recorded like the first, because the server decides how long it waits. */
@Injectable()
export class MailRetries {
  constructor(
    @InjectRepository(MailAttempt) private readonly attempts: Repository<MailAttempt>,
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly config: NotificationsConfig,
  ) {}

  /** Whether a mail may still be retried. Time in which no mail server could be reached does not count, because it leaves no attempt. */
  async hasTime(mailId: string): Promise<boolean> {
    return (await this.database.read(() => this.tried(mailId))).forMs < this.config.retryForMs
  }

  /** With a lower priority than mails that were refused less often. */
  async schedule({ id, template }: PendingMail, retryAfterMs: number): Promise<void> {
    await this.database.write(async (transaction) => {
      const times = Math.max(1, (await this.tried(id)).times)
      const delayMs = retryWaitMs({ times, retryAfterMs }, this.config)
      await this.jobs.add(transaction, SendMail({ mailId: id }, { delayMs, priority: mailPriority(template, times) }))
    })
  }

  /** How often, and for how long by the database's clock. */
  private async tried(mailId: string): Promise<{ forMs: number; times: number }> {
    const tried = await this.attempts
      .createQueryBuilder('attempt')
      .select('coalesce(extract(epoch FROM now() - min(attempt.startedAt)) * 1000, 0)::float8', 'forMs')
      .addSelect('count(*)', 'times')
      .where({ mailId })
      .getRawOne<{ forMs: number; times: number }>()
    return tried!
  }
}
