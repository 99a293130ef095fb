import { setTimeout as wait } from 'node:timers/promises'
import { isLockTimeout, isRetryable } from '../database-errors.js'
import { MigrationError } from './migration-error.js'
import type { Migration } from './migration.js'

const maxAttempts = 10
const pauseMs = 1_000

export interface StepOfSchema {
  schema: string
  migration: Migration
}

/** Repeats work that did not get its locks or lost a deadlock, up to 10 times, with pauses in which others pass. Other errors are thrown as they are. */
export async function withLockRetries<T>({ schema, migration }: StepOfSchema, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isLockTimeout(error) && !isRetryable(error)) throw error
      if (attempt === maxAttempts)
        throw new MigrationError(
          `step ${migration.name} of schema ${schema} did not get its locks in ${maxAttempts} tries: end the transactions that hold them and migrate again`,
          { cause: error },
        )
      await wait(pauseMs * (0.5 + Math.random()))
    }
  }
}

/** The error of a step that cannot be helped by repeating it. `outcome` says what is left: `failed and was rolled back`. */
export const stepFailed = ({ schema, migration }: StepOfSchema, outcome: string, error: unknown): MigrationError =>
  error instanceof MigrationError
    ? error
    : new MigrationError(`step ${migration.name} of schema ${schema} ${outcome}: ${(error as Error).message}`, { cause: error })
