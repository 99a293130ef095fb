import { type AppError, harmIn, portErrors } from '@kilomega/ports'
import { maxContainers, maxDepth, maxFields } from './limits.js'

/** The shortest thing that is counted: a list inside another. A field takes more bytes. */
const bytesOfOne = 2
const [quote, colon, backslash, brace, bracket] = ['"', ':', '\\', '{', '['].map((character) => character.charCodeAt(0))

/**
 * Parses a JSON body. Whatever the schema of the route, it refuses a body that could reach a prototype, is nested deeper than 20 levels, or has more than
 * 20,000 fields or 10,000 objects and lists.
 */
export function parseJsonBody(text: string): unknown {
  if (text === '') return undefined
  if (text.length > maxContainers * bytesOfOne) refuseTooMuch(text)
  const value = parsed(text)
  const harm = harmIn(value, maxDepth)
  if (harm !== undefined) throw portErrors.VALIDATION_FAILED({ errors: [harm] })
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal()
  }
}

/** Counts outside of strings, before the body is parsed: 2 ms for the longest body. */
function refuseTooMuch(text: string): void {
  let [fields, containers] = [0, 0]
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index)
    if (character === quote) index = endOfText(text, index)
    else if (character === colon && (fields += 1) > maxFields) throw tooMany(maxFields, 'fields')
    else if ((character === brace || character === bracket) && (containers += 1) > maxContainers) throw tooMany(maxContainers, 'objects and lists')
  }
}

/** The index of the closing quote: one that has no backslash or an even number of them before it. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

const tooMany = (limit: number, what: string): AppError =>
  portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'too_big', message: `A body has at most ${limit} ${what} in all` }] })

const refusal = (): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'invalid_json', message: 'The body is not JSON' }] })
