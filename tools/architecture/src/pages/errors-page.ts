import { isTest, readText, sources } from '../repository.js'
import type { LoadedSystem } from './loaded-system.js'
import { markdownTable, page } from './markdown.js'

const retryable = new Set(['exhausted', 'unavailable'])

/** Every error code: its meaning, its HTTP status, whether a retry may help, and where it is declared. */
export function errorsPage({ errors }: LoadedSystem): string {
  const texts = sources()
    .filter((path) => !isTest(path))
    .map((path) => ({ path, text: readText(path) }))
  const declaredIn = (code: string): string => texts.find(({ text }) => text.includes(`  ${code}: ['`))?.path ?? ''
  const rows = errors.map(({ code, kind, status, message }) => [
    `\`${code}\``,
    String(status),
    kind,
    retryable.has(kind) ? 'yes' : 'no',
    message,
    `\`${declaredIn(code)}\``,
  ])
  return page(
    '# Error codes',
    'Answers are `application/problem+json` with the code in `code`. "Retry" says whether the same request may succeed later.',
    markdownTable(['code', 'status', 'kind', 'retry', 'meaning', 'declared in'], rows),
  )
}
