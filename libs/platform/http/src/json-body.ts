import { type AppError, portErrors } from '@kilomega/ports'
import { maxDepth } from './limits.js'

/** Names through which assignments reach prototypes. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Reads a JSON body. Refuses what could reach a prototype and what is nested deeper than 20 levels, whatever the route's schema says. */
export function parseJsonBody(text: string): unknown {
  if (text === '') return undefined
  const value = parsed(text)
  check(value, 0)
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusal('invalid_json', 'The body is not JSON')
  }
}

function check(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth >= maxDepth) throw refusal('too_deep', `The body is nested deeper than ${maxDepth} levels`)
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1)
    return
  }
  for (const [name, field] of Object.entries(value)) {
    if (forbiddenKeys.has(name)) throw refusal('forbidden_field', `A field may not be called ${name}`, name)
    check(field, depth + 1)
  }
}

const refusal = (code: string, message: string, path = ''): AppError => portErrors.VALIDATION_FAILED({ errors: [{ path, code, message }] })
