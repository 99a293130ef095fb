import type { NewEvent } from '@kilomega/ports'
import type { Transaction } from '@kilomega/database'

/** Where domain events are written: in the transaction of the change that they tell of, in the schema of the module that tells it. */
export abstract class Outbox {
  /**
   * Adds events to the outbox when the transaction commits; they are delivered after that, at least once. They belong to the transaction as a whole: to go back to a
   * savepoint does not take them back. An event of another module's name is a programmer's error.
   */
  abstract add(transaction: Transaction, ...events: NewEvent[]): Promise<void>
}
