import { type AppError } from './app-error.js'
import { portErrors } from './errors.js'
import type { Problem } from './validation.js'

/** Whether PostgreSQL accepts the text: it has no NUL and no lone surrogates. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** The first text in a value that PostgreSQL accepts neither in a column nor in JSON, with its path. Names of fields are checked too. */
export function unstorableIn(value: unknown, path = ''): Problem | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : problemAt(path)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, item] of Object.entries(value)) {
    const found = isStorable(name) ? unstorableIn(item, path === '' ? name : `${path}.${name}`) : problemAt(path)
    if (found !== undefined) return found
  }
  return undefined
}

/** Throws `VALIDATION_FAILED` with the name of the field. Found here, it is the caller's error; if PostgreSQL found it, it would be an internal error. */
export function assertStorable<T>(value: T): T {
  const problem = unstorableIn(value)
  if (problem !== undefined) throw refusal(problem)
  return value
}

/** Whether a JSON Schema has a list whose items may be anything: the service checks these items one by one. The schema of such an item is empty. */
export function hasOpenList(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const { items } = schema as { items?: object }
  return (items !== undefined && Object.keys(items).length === 0) || Object.values(schema).some(hasOpenList)
}

const problemAt = (path: string): Problem => ({ path, code: 'unstorable_text', message: 'NUL characters and halves of characters are not accepted' })

const refusal = (problem: Problem): AppError => portErrors.VALIDATION_FAILED({ errors: [problem] })
