import { Id } from '@kilomega/contracts'
import { job } from '@kilomega/queue'
import { z } from 'zod'

/** 8 starts with waits of 2 s, 4 s, … 128 s: a mail server may be away for about 4 minutes. */
export const SendMail = job('notifications.send-mail', z.object({ mailId: Id }), { attempts: 8, backoffMs: 2_000, timeoutMs: 60_000 })
