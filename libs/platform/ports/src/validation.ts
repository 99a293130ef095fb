import type { z } from 'zod'
import type { AppError } from './app-error.js'
import { portErrors } from './errors.js'

/** One problem of a request: where, which rule, and words for a person. */
export interface Problem {
  path: string
  code: string
  message: string
}

/** All problems of one value, flattened: an unknown field is a problem of its own, with its name. */
export const problemsOf = (error: z.ZodError): Problem[] => error.issues.flatMap(problemsIn)

function problemsIn(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), code: issue.code, message: issue.message }]
  return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), code: 'unknown_field', message: `Unknown field: ${key}` }))
}

const pathOf = (path: PropertyKey[]): string => path.map(String).join('.')

/** The error that names every field which is wrong. */
export const validationFailed = (error: z.ZodError): AppError => portErrors.VALIDATION_FAILED({ errors: problemsOf(error) })
