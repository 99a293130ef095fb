import { createHash } from 'node:crypto'

/** The style that all pages for people share; colours follow the reader's choice of light or dark mode. */
export const baseStyle = `
  :root { color-scheme: light dark; --line: #ddd; --quiet: #595959 }
  @media (prefers-color-scheme: dark) { :root { --line: #444; --quiet: #a8a8a8 } }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }`

/** Narrow, because there is one thing to do. Fields are large enough for a thumb, and their text is at least 16 px, or phones zoom in. */
const style = `${baseStyle}
  :root { --accent: #2f5bea; --wrong: #b3261e }
  @media (prefers-color-scheme: dark) { :root { --accent: #9db4ff; --wrong: #ffb4ab } }
  body { max-width: 30rem } main { border: 1px solid var(--line); border-radius: 8px; padding: 1.5rem }
  h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3 } p { margin: 0 0 1rem; overflow-wrap: anywhere } p:last-child { margin: 0 }
  form { margin: 1.25rem 0 0 } label { display: block; font-weight: 600; margin: 0 0 .4rem }
  input { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem .7rem; margin: 0 0 1rem; border: 1px solid var(--quiet); border-radius: 6px; background: Canvas; color: CanvasText }
  input[aria-invalid] { border-color: var(--wrong) } .quiet { color: var(--quiet); font-size: .875rem } .hint { margin: 0 0 .35rem }
  .wrong { color: var(--wrong); border-left: 3px solid var(--wrong); padding-left: .75rem }
  button { font: inherit; font-weight: 600; padding: .7rem 1.25rem; border: 0; border-radius: 6px; background: #2f5bea; color: #fff; cursor: pointer }
  button:hover { background: #2449c4 } :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
  @media (max-width: 30rem) { body { margin: 1rem auto } main { padding: 1.25rem } button { width: 100% } }`

/** Allows only this style, and forms only to our own origin. */
export const contentPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A complete page. Title and body are HTML, so the caller has to escape text from elsewhere. */
export const htmlPage = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${title}</title><link rel="icon" href="data:,"><style>${style}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Escapes text for use in HTML or as the value of an attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)
