import type { Transaction } from '@kilomega/database'
import type { NewJob } from './job.js'

/** Where work for later is written: in the transaction of the change that asks for it. */
export abstract class Jobs {
  /**
   * The job runs after commit, at least once; a roll-back of the transaction takes it back, one to a savepoint in it does not. The module of the job must be the
   * one whose transaction it is.
   */
  abstract add(transaction: Transaction, ...jobs: NewJob[]): Promise<void>
}
