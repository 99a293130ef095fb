import { isDeepStrictEqual } from 'node:util'
import { changed, type SchemaChange, show } from './effect.js'
import { namesOf, type OperationDescription } from './ports-document.js'
import { schemaChanges } from './schema-changes.js'

/** From the strongest to the weakest promise to a caller. */
const ranks: Record<string, readonly unknown[]> = { access: ['anyone', 'user', 'admin', 'system'], repeat: ['same', 'harmless', 'never'] }
/** Fields that are compared separately, or, like the summary, not at all. */
const compared = ['summary', 'kind', 'access', 'timeoutMs', 'repeat', 'input', 'output']

/** Where an operation promises less than its old version. */
export function operationChanges(before: OperationDescription, after: OperationDescription): SchemaChange[] {
  return [
    ...different('kind', before.kind, after.kind, 'whether it may be called again at will is another thing now'),
    ...rankChanges('access', before.access, after.access, 'an old caller may be turned away'),
    ...rankChanges('repeat', before.repeat ?? 'same', after.repeat ?? 'same', 'an old caller repeats it as before'),
    ...timeChanges(before.timeoutMs, after.timeoutMs),
    ...schemaChanges(before.input, after.input, { flow: 'input', path: 'input' }),
    ...answerChanges(before, after),
    ...unknownChanges({ ...before }, { ...after }),
  ]
}

function rankChanges(path: string, was: unknown, is: unknown, why: string): SchemaChange[] {
  const [rankBefore = -1, rankAfter = -1] = [was, is].map((value) => ranks[path]?.indexOf(value))
  if (rankBefore >= 0 && rankAfter >= 0 && rankAfter <= rankBefore) return []
  return different(path, was, is, why)
}

const timeChanges = (was: number, is: number): SchemaChange[] =>
  is >= was ? [] : different('timeoutMs', was, is, 'a new caller does not wait for what an old handler was given time for')

function answerChanges({ output: was }: OperationDescription, { output: is }: OperationDescription): SchemaChange[] {
  if (was !== null && is !== null) return schemaChanges(was, is, { flow: 'output', path: 'output' })
  if (was === is) return []
  return [{ path: 'output', words: is === null ? 'is gone; an old caller waits for an answer' : 'is new; an old handler answers nothing' }]
}

const unknownChanges = (before: Record<string, unknown>, after: Record<string, unknown>): SchemaChange[] =>
  namesOf(before, after)
    .filter((name) => !compared.includes(name) && !isDeepStrictEqual(before[name], after[name]))
    .flatMap((name) => changed({ flow: 'input', path: name }, 'different', `was ${show(before[name])} and is ${show(after[name])}`))

const different = (path: string, was: unknown, is: unknown, why: string): SchemaChange[] =>
  was === is ? [] : [{ path, words: `was ${show(was)} and is ${show(is)}; ${why}` }]
