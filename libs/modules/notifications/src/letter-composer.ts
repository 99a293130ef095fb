import { ProductConfig } from '@kilomega/config'
import { HttpConfig } from '@kilomega/http'
import { Injectable } from '@nestjs/common'
import { Letter } from './drivers/mail-sender.js'
import { type Template, TemplateRenderer } from './drivers/template-renderer.js'
import { htmlLayout, textLayout } from './mail-layout.js'
import type { PendingMail } from './mail-attempts.js'
import { isByChoice, mailActions, mailWords } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { UnsubscribeSeal } from './unsubscribe-seal.js'

export interface Recipient {
  email: string
  name: string
  /** Present if the mail contains a link. */
  token?: string
}

/** Composes the letter of a mail: text, links and both layouts. */
@Injectable()
export class LetterComposer {
  private readonly text: Template
  private readonly html: Template

  constructor(
    renderer: TemplateRenderer,
    private readonly config: NotificationsConfig,
    private readonly product: ProductConfig,
    private readonly http: HttpConfig,
    private readonly seal: UnsubscribeSeal,
  ) {
    this.text = renderer.text(textLayout)
    this.html = renderer.html(htmlLayout)
  }

  /** Throws a `ZodError` if the address is not one plain mailbox. */
  compose({ id, template, accountId, reason }: PendingMail, { email, name, token }: Recipient): Letter {
    const { linkUrl } = this.config
    const { name: productName } = this.product
    const words = mailWords(template, { productName, name, reason })
    const unsubscribeToken = isByChoice(template) ? this.seal.seal({ accountId, type: template }) : undefined
    const unsubscribe = unsubscribeToken && { url: this.link('unsubscribe', unsubscribeToken, linkUrl) }
    const values = { ...words, productName, action: this.action(template, token), unsubscribe }
    return Letter.parse({
      id,
      to: email,
      subject: words.subject,
      text: this.text(values),
      html: this.html(values),
      // Mail programs call this one, and cannot use a page of a front end.
      ...(unsubscribeToken && { unsubscribeUrl: this.link('unsubscribe', unsubscribeToken) }),
    })
  }

  private action(template: PendingMail['template'], token: string | undefined): Record<string, string> | undefined {
    const action = mailActions[template]
    if (action === undefined || token === undefined) return undefined
    return { label: action.label, url: this.link(action.path, token, this.config.linkUrl), token }
  }

  /** Keeps the path of the base, if it has one. */
  private link(path: string, token: string, base = this.http.publicUrl): string {
    const url = new URL(path, base.endsWith('/') ? base : `${base}/`)
    url.searchParams.set('token', token)
    return url.href
  }
}
