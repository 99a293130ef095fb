import { type AppError, harmIn, portErrors } from '@kilomega/ports'
import { maxDepth, maxFields } from './limits.js'

/** The shortest field and what parts it from the next: `"":1,` */
const bytesOfField = 5
const [quote, colon, backslash] = ['"', ':', '\\'].map((character) => character.charCodeAt(0))

/**
 * Reads a JSON body. Refuses what could reach a prototype, what is nested deeper than 20 levels, and what has more than 20,000 fields, whatever the
 * route's schema says.
 */
export function parseJsonBody(text: string): unknown {
  if (text === '') return undefined
  if (text.length > maxFields * bytesOfField && hasMoreFields(text)) throw tooManyFields()
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

/** Counts colons outside of texts, before anything is made of them: 2 ms for the longest body. */
function hasMoreFields(text: string): boolean {
  let fields = 0
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index)
    if (character === quote) index = endOfText(text, index)
    else if (character === colon && (fields += 1) > maxFields) return true
  }
  return false
}

/** Where the quote stands that ends a text: one that has no backslash or an even number of them before it. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

const tooManyFields = (): AppError =>
  portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'too_big', message: `A body has at most ${maxFields} fields in all` }] })

const refusal = (): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'invalid_json', message: 'The body is not JSON' }] })
