import type { Database, Transaction } from '@kilomega/database'

/** Where commands leave a receipt, so that a command that is delivered twice is done once and gives the same answer. */
export abstract class Receipts {
  /**
   * Does a command in one transaction of the module's database, and stores its result there. If the same caller has already done a command under the same
   * key, that result is returned and `work` is not run. If that command is still running, this call waits until it ends or until its own deadline.
   * Another operation or another input under the key of an earlier command is `IDEMPOTENCY_KEY_REUSED`. A failed command leaves nothing, so a repeat does
   * it again. If the current call is not a command (a job, an event), this is `database.write(work)`.
   *
   * `prepare` runs before the transaction, for calls to other modules during which no lock should be held. If it rejects for a command that was already
   * done, that command's result is returned all the same. `asked` is used instead of the input if a part of the input differs on each repeat, such as the
   * location of an upload.
   *
   * The result is JSON, or nothing, and is the whole answer of the command: it must hold no secret. Use it only once within a command; a second use is a
   * programming error. A receipt is deleted after twice `RELAY_KEEP_DAYS`; after that a repeat is done again. If the caller
   * gave no key, only the platform can repeat the command, and the receipt is deleted after five minutes.
   */
  abstract once<T>(database: Database, work: (transaction: Transaction) => Promise<T>, prepare?: () => Promise<void>, asked?: unknown): Promise<T>
}
