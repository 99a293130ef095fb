import type { Transaction } from '@kilomega/database'
import type { NewJob } from './job.js'

/** Where work for later is written: in the transaction of the change that requests it. */
export abstract class Jobs {
  /**
   * Adds jobs, which run after the commit, at least once. Rolling back the transaction removes them; rolling back to a savepoint in it does not. The jobs must be those
   * of the transaction's module.
   */
  abstract add(transaction: Transaction, ...jobs: NewJob[]): Promise<void>
}
