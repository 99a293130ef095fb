import type { CapturedMail } from '@kilomega/contracts'

/** The mails' own HTML is shown in frames without rights, and inherits this. */
export const mailPagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
  article { border: 1px solid #ddd; border-radius: 8px; padding: 1rem; margin: 1rem 0 }
  h2 { margin: 0; font-size: 1.1rem } .to { color: #666; margin: 0 } pre { white-space: pre-wrap; overflow-wrap: anywhere }
  iframe { width: 100%; height: 24rem; border: 1px solid #eee }`

/** Captured mail for people: newest first, links to click, the HTML part on demand. */
export const mailPage = (mails: readonly CapturedMail[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Captured mail</title><style>${style}</style></head>
<body><h1>Captured mail</h1>${mails.length === 0 ? '<p>Nothing was sent yet.</p>' : mails.map(article).join('')}</body></html>
`

const article = ({ to, subject, sentAt, text, html }: CapturedMail): string => `
<article><h2>${escaped(subject)}</h2><p class="to">to ${escaped(to)}, ${sentAt}</p><pre>${linked(escaped(text))}</pre>
<details><summary>As HTML</summary><iframe sandbox srcdoc="${escaped(html)}"></iframe></details></article>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** In escaped text an address ends at white space or at an escaped quote or bracket. */
const linked = (text: string): string => text.replace(/https?:\/\/(?:(?!&(?:quot|#39|lt|gt);)\S)+/g, (url) => `<a href="${url}">${url}</a>`)
