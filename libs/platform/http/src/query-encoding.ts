import type { Problems } from '@kilomega/ports'
import { invalidUtf8 } from './json-bytes.js'

/** Refuses escapes in a query that are not UTF-8: its parser leaves them as they are. */
export function checkQueryEncoding(url: string, problems: Problems): void {
  const start = url.indexOf('?')
  if (start === -1 || !url.includes('%', start)) return
  for (const pair of url.slice(start + 1).split('&')) {
    const [name = ''] = pair.split('=', 1)
    if (decoded(pair) === undefined) problems.add(invalidUtf8(decoded(name) ?? name))
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
