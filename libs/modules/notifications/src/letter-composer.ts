import { ProductConfig } from '@kilomega/config'
import { HttpConfig } from '@kilomega/http'
import { Injectable } from '@nestjs/common'
import { Letter } from './drivers/mail-sender.js'
import { TemplateRenderer } from './drivers/template-renderer.js'
import { htmlLayout, textLayout } from './mail-layout.js'
import type { OwedMail } from './mail-attempts.js'
import { mailActions, mailWords } from './mail-words.js'

export interface Recipient {
  email: string
  name: string
  /** Present where the mail has a link. */
  token?: string
}

/** Makes the letter of a mail: words, links and both layouts. */
@Injectable()
export class LetterComposer {
  constructor(
    private readonly renderer: TemplateRenderer,
    private readonly product: ProductConfig,
    private readonly http: HttpConfig,
  ) {}

  /** Throws a `ZodError` where the address is not one plain mailbox. */
  compose({ id, template, reason }: OwedMail, { email, name, token }: Recipient): Letter {
    const { name: productName } = this.product
    const words = mailWords(template, { productName, name, reason })
    const values = { ...words, productName, action: this.action(template, token) }
    return Letter.parse({
      id,
      to: email,
      subject: words.subject,
      text: this.renderer.text(textLayout, values),
      html: this.renderer.html(htmlLayout, values),
    })
  }

  private action(template: OwedMail['template'], token: string | undefined): Record<string, string> | undefined {
    const action = mailActions[template]
    if (action === undefined || token === undefined) return undefined
    const url = new URL(action.path, this.http.publicUrl.endsWith('/') ? this.http.publicUrl : `${this.http.publicUrl}/`)
    url.searchParams.set('token', token)
    return { label: action.label, url: url.href, token }
  }
}
