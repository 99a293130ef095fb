import type { NewEvent } from '@kilomega/ports'
import type { Transaction } from '@kilomega/database'

/** Where domain events are written: in the transaction of the change that they tell of, in the schema of the module that tells it. */
export abstract class Outbox {
  /** Adds events to the outbox; they are delivered after commit, at least once. An event of another module's name is a programmer's error. */
  abstract add(transaction: Transaction, ...events: NewEvent[]): Promise<void>
}
