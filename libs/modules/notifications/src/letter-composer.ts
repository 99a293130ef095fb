import { ProductConfig } from '@kilomega/config'
import { HttpConfig } from '@kilomega/http'
import { Injectable } from '@nestjs/common'
import { Letter } from './drivers/mail-sender.js'
import { type Template, TemplateRenderer } from './drivers/template-renderer.js'
import { htmlLayout, textLayout } from './mail-layout.js'
import type { OwedMail } from './mail-attempts.js'
import { isByChoice, mailActions, mailWords } from './mail-words.js'
import { NotificationsConfig } from './notifications.config.js'
import { UnsubscribeSeal } from './unsubscribe-seal.js'

export interface Recipient {
  email: string
  name: string
  /** Present where the mail has a link. */
  token?: string
}

/** Makes the letter of a mail: words, links and both layouts. */
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

  /** Throws a `ZodError` where the address is not one plain mailbox. */
  compose({ id, template, accountId, reason }: OwedMail, { email, name, token }: Recipient): Letter {
    const { linkUrl } = this.config
    const { name: productName } = this.product
    const words = mailWords(template, { productName, name, reason })
    const endToken = isByChoice(template) ? this.seal.seal({ accountId, type: template }) : undefined
    const unsubscribe = endToken && { url: this.link('unsubscribe', endToken, linkUrl) }
    const values = { ...words, productName, action: this.action(template, token), unsubscribe }
    return Letter.parse({
      id,
      to: email,
      subject: words.subject,
      text: this.text(values),
      html: this.html(values),
      // Asked by mail programs, which take no page of a front end for an answer.
      ...(endToken && { unsubscribeUrl: this.link('unsubscribe', endToken) }),
    })
  }

  private action(template: OwedMail['template'], token: string | undefined): Record<string, string> | undefined {
    const action = mailActions[template]
    if (action === undefined || token === undefined) return undefined
    return { label: action.label, url: this.link(action.path, token, this.config.linkUrl), token }
  }

  /** Below the path of the base, if it has one. */
  private link(path: string, token: string, base = this.http.publicUrl): string {
    const url = new URL(path, base.endsWith('/') ? base : `${base}/`)
    url.searchParams.set('token', token)
    return url.href
  }
}
