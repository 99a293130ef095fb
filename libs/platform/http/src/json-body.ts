import { type AppError, harmIn, portErrors } from '@kilomega/ports'
import { maxDepth } from './limits.js'

/** Reads a JSON body. Refuses what could reach a prototype and what is nested deeper than 20 levels, whatever the route's schema says. */
export function parseJsonBody(text: string): unknown {
  if (text === '') return undefined
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

const refusal = (): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path: '', code: 'invalid_json', message: 'The body is not JSON' }] })
