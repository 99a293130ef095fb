import { Failure } from '../failure.js'

/** Fails if a name does not exist, and lists those that do. */
export function requireKnown(kind: string, name: string | undefined, known: readonly string[]): void {
  if (name === undefined || known.includes(name)) return
  const names = [...new Set(known)].sort()
  throw new Failure(`There is no ${kind} ${name}: ${names.length === 0 ? 'there is none at all' : `it is one of ${names.join(', ')}`}`)
}
