import { notificationsErrors, NotificationsPort } from '@kilomega/contracts'
import { Query, Route, Routes } from '@kilomega/http'
import { z } from 'zod'
import { unsubscribed, unsubscribeForm, unsubscribePage } from './unsubscribe-page.js'

const maxTokenLength = 200
const Link = z.object({ token: z.string().default('') })
const common = { path: '/unsubscribe', access: 'anyone', page: unsubscribePage, query: Link } as const

/** A page for people, and one POST for mail programs (RFC 8058). Everything it needs is in the URL, so the body of the form does not matter. */
@Routes('Unsubscribe page')
export class UnsubscribePageController {
  constructor(private readonly notifications: NotificationsPort) {}

  @Route({ ...common, method: 'GET', summary: 'Page to unsubscribe', budget: { queries: 0, bytes: 2_700 } })
  ask(@Query() { token }: z.output<typeof Link>) {
    return unsubscribeForm(checked(token))
  }

  @Route({ ...common, method: 'POST', summary: 'Unsubscribes', budget: { queries: 5, bytes: 2_500 } })
  async unsubscribe(@Query() { token }: z.output<typeof Link>) {
    await this.notifications.unsubscribe({ token: checked(token) })
    return unsubscribed()
  }
}

function checked(token: string): string {
  if (token === '' || token.length > maxTokenLength) throw notificationsErrors.INVALID_UNSUBSCRIBE_TOKEN()
  return token
}
