import type { NewEvent } from '@kilomega/ports'
import type { Transaction } from '@kilomega/database'

/** Where domain events are written: in the transaction of the change that they report, in the schema of the module that emits them. */
export abstract class Outbox {
  /**
   * Adds events to the outbox when the transaction commits. They are delivered after that, at least once. They belong to the transaction as a whole: rolling back to a
   * savepoint does not remove them. Adding an event of another module is a programming error.
   */
  abstract add(transaction: Transaction, ...events: NewEvent[]): Promise<void>
}
