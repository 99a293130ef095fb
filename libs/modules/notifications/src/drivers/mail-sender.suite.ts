import { v7 as uuidv7 } from 'uuid'
import { Letter, type MailSender } from './mail-sender.js'

/** A mail as found where the driver delivered it. */
export interface FoundMail {
  id: string
  to: string
  from: string
  subject: string
  text: string
  html: string
  /** By name; may contain more than those of the letter. */
  headers: Record<string, string>
}

export interface OpenSender {
  sender: MailSender
  /** All mails delivered so far, in any order. */
  found: () => Promise<FoundMail[]>
}

export const letter = (words: Partial<Letter> = {}): Letter =>
  Letter.parse({ id: uuidv7(), to: 'ada@example.org', subject: 'A subject', text: 'Some text', html: '<p>Some text</p>', ...words })

/** The definition of MailSender: every driver passes it. */
export function mailSenderSuite(open: () => OpenSender): void {
  const trim = ({ id, to, from, subject, text, html }: FoundMail) => ({ id, to, from, subject, text: text.trim(), html: html.trim() })
  const mailsTo = async (to: string) => (await open().found()).filter((mail) => mail.to === to).map(trim)

  it('delivers a letter as it was written', async () => {
    const sent = letter({
      to: 'whole@example.org',
      subject: 'Grüße, 你好 and a subject that is longer than the seventy-six characters of one header line',
      text: `Zażółć 😀\n.\n..\n${'long '.repeat(250)}end\nFrom here`,
      html: `<p>Zażółć 😀</p>${'<b>long</b>'.repeat(100)}`,
    })
    await open().sender.send(sent)
    expect(await mailsTo('whole@example.org')).toEqual([{ ...sent, from: 'no-reply@kilomega.example' }])
  })

  it('tells mail programs where to unsubscribe, and that one POST is enough', async () => {
    const unsubscribeUrl = `https://kilomega.example/unsubscribe?token=${'a.b-c_'.repeat(30)}`
    await open().sender.send(letter({ to: 'chosen@example.org', unsubscribeUrl }))
    const [found] = (await open().found()).filter(({ to }) => to === 'chosen@example.org')
    expect(found!.headers).toMatchObject({
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
  })

  it('says nothing of unsubscribing in mails that cannot be switched off', async () => {
    await open().sender.send(letter({ to: 'needed@example.org' }))
    const [found] = (await open().found()).filter(({ to }) => to === 'needed@example.org')
    expect(Object.keys(found!.headers).filter((name) => /^list-/i.test(name))).toEqual([])
    expect(found!.headers).toMatchObject({ 'Auto-Submitted': 'auto-generated' })
  })

  it('makes a repeat recognisable by its id', async () => {
    const sent = letter({ to: 'twice@example.org' })
    await open().sender.send(sent)
    await open().sender.send(sent)
    const ids = (await mailsTo('twice@example.org')).map(({ id }) => id)
    expect(new Set(ids)).toEqual(new Set([sent.id]))
  })

  it('delivers many at once, each to its own recipient', async () => {
    const readers = Array.from({ length: 50 }, (_, index) => `reader-${index}@example.org`)
    await Promise.all(readers.map((to) => open().sender.send(letter({ to, text: `for ${to}` }))))
    const found = (await open().found()).filter(({ to }) => to.startsWith('reader-'))
    expect(found.map(({ to, text }) => `${to}: ${text.trim()}`).sort()).toEqual(readers.map((to) => `${to}: for ${to}`).sort())
  })
}
