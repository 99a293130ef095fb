import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

/** What a server refuses for now is tried again by another job (`MailRetries`). These starts are for what fails besides: a lost process, a fault of ours. */
export const SendMail = job('notifications.send-mail', z.object({ mailId: Id }), { attempts: 20, backoffMs: 2_000, timeoutMs: 60_000 })
