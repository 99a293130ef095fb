import type { CapturedMail } from '@kilomega/contracts'
import { baseStyle, escaped } from './pages/html-page.js'

/** The mails' own HTML is shown in sandboxed frames, which inherit this policy. */
export const mailPagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

const style = `${baseStyle}
  article { border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 1rem 0 }
  h2 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere } .to { color: var(--quiet); margin: 0; overflow-wrap: anywhere }
  pre { white-space: pre-wrap; overflow-wrap: anywhere } summary { cursor: pointer; padding: .4rem 0 }
  iframe { width: 100%; height: 24rem; border: 1px solid var(--line); border-radius: 4px; background: #fff; color-scheme: light }`

/** Captured mail for people: newest first, with links to click and the HTML part on demand. */
export const mailPage = (mails: readonly CapturedMail[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Captured mail</title><style>${style}</style></head>
<body><h1>Captured mail</h1>${mails.length === 0 ? '<p>Nothing was sent yet.</p>' : mails.map(article).join('')}</body></html>
`

const article = ({ to, subject, sentAt, text, html }: CapturedMail): string => `
<article><h2>${escaped(subject)}</h2><p class="to">to ${escaped(to)}, <time datetime="${sentAt}">${shownTime(sentAt)}</time></p><pre>${linked(escaped(text))}</pre>
<details><summary>As HTML</summary><iframe sandbox="${openLinks}" title="${escaped(subject)}" srcdoc="${escaped(inNewTab(html))}"></iframe></details></article>`

/** Sandbox permissions for the buttons in a mail: they open pages outside of the frame, and nothing else is allowed. */
const openLinks = 'allow-popups allow-popups-to-escape-sandbox'
const inNewTab = (html: string): string => {
  const base = '<base target="_blank">'
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html
}

/** In the time zone of this machine, which in development is the reader's. */
const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const shownTime = (sentAt: string): string => clock.format(new Date(sentAt))

/** In escaped text a URL ends at white space or at an escaped quote or bracket. */
const linked = (text: string): string => text.replace(/https?:\/\/(?:(?!&(?:quot|#39|lt|gt);)\S)+/g, (url) => `<a href="${url}">${url}</a>`)
