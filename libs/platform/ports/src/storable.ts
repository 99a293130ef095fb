import { type AppError } from './app-error.js'
import { portErrors } from './errors.js'
import type { Problem } from './validation.js'

/** Text that PostgreSQL takes: no NUL, and no half of a surrogate pair. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** The first text in a value that PostgreSQL takes in no column and no JSON, by its path; names of fields are texts too. */
export function unstorableIn(value: unknown, path = ''): Problem | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : problemAt(path)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, item] of Object.entries(value)) {
    const found = isStorable(name) ? unstorableIn(item, path === '' ? name : `${path}.${name}`) : problemAt(path)
    if (found !== undefined) return found
  }
  return undefined
}

/** Throws `VALIDATION_FAILED` with the name of the field: found here, it is the caller's to mend; found by PostgreSQL, it would be a fault of ours. */
export function assertStorable<T>(value: T): T {
  const problem = unstorableIn(value)
  if (problem !== undefined) throw refusal(problem)
  return value
}

/** Whether a JSON Schema has a list of anything, whose items are judged one by one by whoever takes them. What may be anything has an empty schema. */
export function hasOpenList(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const { items } = schema as { items?: object }
  return (items !== undefined && Object.keys(items).length === 0) || Object.values(schema).some(hasOpenList)
}

const problemAt = (path: string): Problem => ({ path, code: 'unstorable_text', message: 'NUL characters and halves of characters are not taken' })

const refusal = (problem: Problem): AppError => portErrors.VALIDATION_FAILED({ errors: [problem] })
