import { AsyncLocalStorage } from 'node:async_hooks'

const counting = new AsyncLocalStorage<string[]>()

export interface CountedStatements<T> {
  result: T
  /** The texts, in order, without BEGIN and COMMIT. */
  statements: string[]
}

/** Runs work and returns the statements it sent, so that a test can hold a route to its query budget. */
export async function countStatements<T>(work: () => Promise<T>): Promise<CountedStatements<T>> {
  const statements: string[] = []
  return { result: await counting.run(statements, work), statements }
}

export const countStatement = (sql: string): void => void counting.getStore()?.push(sql)
