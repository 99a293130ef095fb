import type { z } from 'zod'
import type { AppError } from './app-error.js'
import { portErrors } from './errors.js'

/** One problem of a request: where, which rule, and words for a person. */
export interface Problem {
  path: string
  code: string
  message: string
}

/** Problems that an error lists; whoever made more is told how many. */
const maxListed = 50
/** Characters of a path or of a message: names and values of the caller stand in both. */
const maxTextLength = 200

/** The problems of one request: the first 50, with what they quote cut short, and how many more were found. So an error stays small whatever was sent. */
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

  /** All of one value, which stands at `at` in the request: an unknown field is a problem of its own, with its name. */
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

  /** The error that names the fields which are wrong. */
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

/** The error that names the fields which are wrong. */
export function validationFailed(error: z.ZodError): AppError {
  const problems = new Problems()
  problems.addAll(error)
  return problems.error()
}

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

/** Never in the middle of a character that takes two units. */
function cut(text: string): string {
  if (text.length <= maxTextLength) return text
  return `${text.slice(0, maxTextLength - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
