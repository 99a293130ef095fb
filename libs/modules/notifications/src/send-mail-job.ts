import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

/** Mails that a server refuses temporarily are retried by another job (`MailRetries`). These attempts are for other failures: a lost process, or a fault of ours. */
export const SendMail = job('notifications.send-mail', z.object({ mailId: Id }), { attempts: 20, backoffMs: 2_000, timeoutMs: 60_000 })
