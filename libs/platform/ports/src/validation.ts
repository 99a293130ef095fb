import type { z } from 'zod'
import type { AppError } from './app-error.js'
import { portErrors } from './errors.js'

/** One problem of a request: the path, the rule, and a message for a person. */
export interface Problem {
  path: string
  code: string
  message: string
}

/** The most problems that an error lists; further ones are counted. */
const maxListed = 50
/** The most characters of a path or a message: both contain names and values from the caller. */
const maxTextLength = 200

/** The problems of one request: the first 50, with quoted text cut short, and the number of further ones. So an error stays small whatever was sent. */
export class Problems {
  readonly listed: Problem[] = []
  private more = 0

  get count(): number {
    return this.listed.length + this.more
  }

  add({ path, code, message }: Problem): void {
    if (this.listed.length < maxListed) this.listed.push({ path: cut(path), code, message: cut(message) })
    else this.more += 1
  }

  /** Adds all problems of one value, which is at `at` in the request. Each unknown field is a separate problem, with its name. */
  addAll({ issues }: z.ZodError, at: readonly PropertyKey[] = []): void {
    for (const issue of issues) {
      const path = at.length === 0 ? issue.path : [...at, ...issue.path]
      if (issue.code !== 'unrecognized_keys') this.add({ path: pathOf(path), code: issue.code, message: issue.message })
      else for (const key of issue.keys) this.addUnknown(path, key)
    }
  }

  addUnknown(path: readonly PropertyKey[], key: string): void {
    if (this.listed.length >= maxListed) this.more += 1
    else this.add({ path: pathOf([...path, key]), code: 'unknown_field', message: `Unknown field: ${key}` })
  }

  /** The error that names the invalid fields. */
  error(): AppError {
    return portErrors.VALIDATION_FAILED({ errors: this.listed, ...(this.more > 0 && { moreErrors: this.more }) })
  }
}

/** The first problems of one value, flattened. */
export function problemsOf(error: z.ZodError): Problem[] {
  const problems = new Problems()
  problems.addAll(error)
  return problems.listed
}

/** The error that names the invalid fields. */
export function validationFailed(error: z.ZodError): AppError {
  const problems = new Problems()
  problems.addAll(error)
  return problems.error()
}

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/** Never cuts within a surrogate pair. */
function cut(text: string): string {
  if (text.length <= maxTextLength) return text
  return `${text.slice(0, maxTextLength - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
