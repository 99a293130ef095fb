import { AsyncLocalStorage } from 'node:async_hooks'
import { type CurrentCall, currentCall } from '@kilomega/ports'
import type { Statement } from './statements.js'

const counting = new AsyncLocalStorage<SentStatement[]>()

/** A statement as it was sent. */
export interface SentStatement {
  sql: string
  parameters: readonly unknown[]
}

export interface CountedStatements<T> {
  result: T
  /** The texts, in order, without BEGIN and COMMIT. */
  statements: string[]
  /** The same statements with their parameters. */
  sent: SentStatement[]
}

/** Gets every statement of the process when it is sent, and the call that it belongs to. */
export type StatementWatcher = (statement: Statement, call: CurrentCall) => void

const watchers = new Set<StatementWatcher>()

/** Runs work and returns the statements it sent, so that a test can hold it to a number of queries. */
export async function countStatements<T>(work: () => Promise<T>): Promise<CountedStatements<T>> {
  const sent: SentStatement[] = []
  return { result: await counting.run(sent, work), sent, statements: sent.map(({ sql }) => sql) }
}

/** Shows a test all statements of this process until the returned function is called. */
export function watchStatements(watcher: StatementWatcher): () => void {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

/** Counts a statement for the request, job or event that it belongs to. */
export function countStatement(statement: Statement): void {
  const call = currentCall()
  if (call.origin !== undefined) call.origin.statements += 1
  const { sql, parameters = [] } = statement
  counting.getStore()?.push({ sql, parameters })
  for (const watch of watchers) watch(statement, call)
}
