import { CapturedMail, NotificationsPort, PageSize } from '@kilomega/contracts'
import { Query, Reply, Route, Routes } from '@kilomega/http'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { mailPage, mailPagePolicy } from './mail-page.js'

const MailQuery = z.object({ to: z.string().max(254).optional(), limit: PageSize.default(20) })
const inside = { method: 'GET', access: 'system', listeners: ['internal'], query: MailQuery } as const

/** Mails that were captured instead of sent, for development: empty if mails are really sent. */
@Routes('Captured mails, which were not sent')
export class MailController {
  constructor(private readonly notifications: NotificationsPort) {}

  @Route({
    ...inside,
    path: '/mail.json',
    summary: 'Lists captured mails, newest first',
    budget: { queries: 1, bytes: 230_000 },
    answer: z.object({ items: z.array(CapturedMail) }),
  })
  list(@Query() query: z.output<typeof MailQuery>) {
    return this.notifications.listCapturedMail(query)
  }

  @Route({
    ...inside,
    path: '/mail',
    summary: 'Captured mails as a page',
    budget: { queries: 1, bytes: 400_000 },
    contentType: 'text/html; charset=utf-8',
  })
  async page(@Query() query: z.output<typeof MailQuery>, @Reply() reply: FastifyReply) {
    reply.header('content-security-policy', mailPagePolicy)
    const { items } = await this.notifications.listCapturedMail(query)
    return mailPage(items)
  }
}
