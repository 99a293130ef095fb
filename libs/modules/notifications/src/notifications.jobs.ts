import { Runs } from '@kilomega/queue'
import { Injectable } from '@nestjs/common'
import { MailDelivery } from './mail-delivery.js'
import { SendMail } from './send-mail-job.js'

@Injectable()
export class NotificationsJobs {
  constructor(private readonly delivery: MailDelivery) {}

  @Runs(SendMail, { concurrency: 8 })
  async sendMail({ mailId }: { mailId: string }): Promise<void> {
    await this.delivery.deliver(mailId)
  }
}
