import { notificationsErrors, NotificationsPort } from '@kilomega/contracts'
import { Query, Route, Routes } from '@kilomega/http'
import { z } from 'zod'
import { unsubscribed, unsubscribeForm, unsubscribePage } from './unsubscribe-page.js'

const maxTokenLength = 200
const Link = z.object({ token: z.string().default('') })
const common = { path: '/unsubscribe', access: 'anyone', page: unsubscribePage, query: Link } as const

/** For people a page, and for mail programs one POST (RFC 8058): all that it takes is in the address, so what the form says beside it does not matter. */
@Routes('The page that ends mails')
export class UnsubscribePageController {
  constructor(private readonly notifications: NotificationsPort) {}

  @Route({ ...common, method: 'GET', summary: 'Asks whether mails shall end' })
  ask(@Query() { token }: z.output<typeof Link>) {
    return unsubscribeForm(whole(token))
  }

  @Route({ ...common, method: 'POST', summary: 'Ends them' })
  async unsubscribe(@Query() { token }: z.output<typeof Link>) {
    await this.notifications.unsubscribe({ token: whole(token) })
    return unsubscribed()
  }
}

function whole(token: string): string {
  if (token === '' || token.length > maxTokenLength) throw notificationsErrors.INVALID_UNSUBSCRIBE_TOKEN()
  return token
}
