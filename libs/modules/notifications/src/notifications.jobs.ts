import { Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { AccountForgetting, ForgetAccount } from './forget-account.js'
import { MailDelivery } from './mail-delivery.js'
import { SendMail } from './send-mail-job.js'

@Injectable()
export class NotificationsJobs {
  constructor(
    private readonly delivery: MailDelivery,
    private readonly accounts: AccountForgetting,
  ) {}

  @Runs(SendMail, { concurrency: 8 })
  async sendMail({ mailId }: { mailId: string }): Promise<void> {
    await this.delivery.deliver(mailId)
  }

  @Runs(ForgetAccount)
  async forgetAccount({ accountId }: { accountId: string }): Promise<void> {
    await this.accounts.forget(accountId)
  }
}
