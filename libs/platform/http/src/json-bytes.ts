import { isUtf8 } from 'node:buffer'
import { harmIn, portErrors, type Problem } from '@kilomega/ports'
import { parseJsonBody } from './json-body.js'
import { maxDepth } from './limits.js'

/** Bodies with an escape that may stand for what PostgreSQL does not store. Only escapes can: JSON takes no NUL as it is, and UTF-8 no half of a pair. */
const doubtful = new WeakSet<object>()
const doubtfulEscape = /\\u(?:0000|d[89a-f])/i

/** Reads a JSON body as bytes: what is not UTF-8 would else be replaced without a word. */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw portErrors.VALIDATION_FAILED({ errors: [whereNotUtf8(bytes)] })
  const text = bytes.toString()
  const body = parseJsonBody(text)
  if (typeof body === 'object' && body !== null && doubtfulEscape.test(text)) doubtful.add(body)
  return body
}

/** Whether a text in it may be one that PostgreSQL does not store. */
export const mayBeUnstorable = (body: unknown): boolean =>
  typeof body === 'string' || (typeof body === 'object' && body !== null && doubtful.has(body))

export const invalidUtf8 = (path: string): Problem => ({ path, code: 'invalid_utf8', message: 'This is not UTF-8' })

/** Read as Latin-1 every byte is a character, and the form of JSON is the same. What is escaped is UTF-8 in any case. */
function whereNotUtf8(bytes: Buffer): Problem {
  const escape = /\\(?:u[0-9a-f]{4}|[^u])/gi
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('latin1').replace(escape, (text) => (text.length > 2 ? '_' : text)))
  } catch {
    return invalidUtf8('')
  }
  return harmIn(value, maxDepth) ?? invalidUtf8(pathOfBytes(value, '') ?? '')
}

function pathOfBytes(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return isUtf8(Buffer.from(value, 'latin1')) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, item] of Object.entries(value)) {
    if (pathOfBytes(name, path) !== undefined) return path
    const found = pathOfBytes(item, path === '' ? name : `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}
