import type { Database, Transaction } from '@kilomega/database'

/** Where commands leave a receipt, so that one that is delivered twice happens once and answers the same. */
export abstract class Receipts {
  /**
   * Does a command in one transaction of the module's database, and keeps its result there. When the same caller has done a command under the same
   * key before, its result is answered again and work is not run; while that one is still at it, this one waits for its end or for the own deadline.
   * Another operation or another input under the key of an earlier command is `IDEMPOTENCY_KEY_REUSED`. What failed has left nothing: a repeat does
   * it anew. Where the current call is no command (a job, an event), this is `database.write(work)`.
   *
   * `prepare` runs before the transaction, for questions to others during which no lock should be held. When it rejects for a command that was done
   * before, that command's result is the answer all the same. `asked` stands for the input where a part of it is another one at each repeat, as the
   * place of an upload is.
   *
   * The result is JSON, or nothing, and is the whole answer of the command: it must hold no secret. Only one use within a command; a second one is a
   * programmer's error. A receipt is forgotten after twice `RELAY_KEEP_DAYS`; a repeat after that is done anew. Where the
   * caller gave no key, nobody can repeat the command but the platform, and the receipt is forgotten after five minutes.
   */
  abstract once<T>(database: Database, work: (transaction: Transaction) => Promise<T>, prepare?: () => Promise<void>, asked?: unknown): Promise<T>
}
