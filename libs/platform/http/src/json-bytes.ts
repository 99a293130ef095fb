import { isUtf8 } from 'node:buffer'
import { harmIn, portErrors, type Problem } from '@kilomega/ports'
import { parseJsonBody } from './json-body.js'
import { maxDepth } from './limits.js'

/** Bodies with an escape that may stand for a character that PostgreSQL does not store. Only escapes can: JSON does not allow a raw NUL, and UTF-8 no lone surrogate. */
const suspect = new WeakSet<object>()
const suspectEscape = /\\u(?:0000|d[89a-f])/i

/** Parses a JSON body from bytes: otherwise, bytes that are not UTF-8 would be replaced silently. */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw portErrors.VALIDATION_FAILED({ errors: [whereNotUtf8(bytes)] })
  const text = bytes.toString()
  const body = parseJsonBody(text)
  if (typeof body === 'object' && body !== null && suspectEscape.test(text)) suspect.add(body)
  return body
}

/** Whether a string in it may be one that PostgreSQL does not store. */
export const mayBeUnstorable = (body: unknown): boolean =>
  typeof body === 'string' || (typeof body === 'object' && body !== null && suspect.has(body))

export const invalidUtf8 = (path: string): Problem => ({ path, code: 'invalid_utf8', message: 'This is not UTF-8' })

/** Read as Latin-1, every byte is a character, and the JSON structure is the same. Escapes are always valid UTF-8. */
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
