import { eventually } from '@kilomega/testing'
import type { ApiWorld } from './api-world.js'

/** A page as a browser without JavaScript shows it. */
export interface Visit {
  status: number
  headers: Headers
  html: string
  title: string
  /** What its form would send, and where; undefined if it has no form. */
  form: { url: URL; fields: URLSearchParams } | undefined
}

interface CapturedMail {
  subject: string
  text: string
  html: string
  headers: Record<string, string>
}

/** A person with a mailbox and a browser. */
export class Reader {
  constructor(
    readonly world: ApiWorld,
    readonly email: string,
  ) {}

  /** Waits for a mail with this subject, and returns the newest. */
  mail(subject: string): Promise<CapturedMail> {
    return eventually(async () => {
      const { body } = await this.world.send('GET', `/mail.json?to=${this.email}`, { internal: true })
      const found = (body as { items: CapturedMail[] }).items.find((mail) => mail.subject === subject)
      if (found === undefined) throw new Error(`no mail "${subject}"`)
      return found
    }, 20_000)
  }

  /** The link in a mail that leads to a page, rewritten to the process under test. */
  async linkIn(subject: string, page: string): Promise<URL> {
    const { text } = await this.mail(subject)
    const link = text.match(/https?:\/\/\S+/g)!.find((one) => new URL(one).pathname === `/${page}`)!
    return here(this.world, link)
  }

  open(url: URL | string, method = 'GET'): Promise<Visit> {
    return this.visit(new URL(url, this.world.publicUrl), { method })
  }

  /** Fills the fields of a page and presses its button. */
  press({ form }: Visit, filled: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Visit> {
    const { url, fields } = form!
    const body = new URLSearchParams({ ...Object.fromEntries(fields), ...filled })
    return this.visit(url, { method: 'POST', body, headers: { origin: new URL(this.world.publicUrl).origin, ...headers } })
  }

  async logIn(password: string): Promise<{ status: number; token: string }> {
    const { status, body } = await this.world.send('POST', '/v1/sessions', { body: { email: this.email, password } })
    return { status, token: (body as { accessToken?: string }).accessToken ?? '' }
  }

  private async visit(url: URL, init: RequestInit): Promise<Visit> {
    const response = await fetch(url, { redirect: 'manual', ...init })
    const html = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      html,
      title: unescaped(/<title>(.*?)<\/title>/.exec(html)?.[1] ?? ''),
      form: formIn(html, url),
    }
  }
}

/** The same URL at the process under test; mails contain the public one. */
export function here({ publicUrl }: ApiWorld, link: string): URL {
  const { pathname, search } = new URL(link)
  return new URL(pathname + search, publicUrl)
}

function formIn(html: string, page: URL): Visit['form'] {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1]
  if (action === undefined) return undefined
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return {
    url: new URL(unescaped(action), page),
    fields: new URLSearchParams(Object.fromEntries(hidden.map(([, name, value]) => [name!, unescaped(value!)]))),
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescaped = (text: string): string => text.replace(/&(\w+|#\d+);/g, (_, name: string) => entities[name]!)
