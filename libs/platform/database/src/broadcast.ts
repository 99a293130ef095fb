import type { Transaction } from './database.js'

/** Short messages to every process that listens on the same database. Nothing is kept: a listener that was away reloads what it depends on. */
export abstract class Broadcast {
  /** Goes out when the transaction commits. At most 7,999 bytes. Commits that send wait for each other: for rare messages only. */
  abstract send(transaction: Transaction, channel: string, payload: string): Promise<void>

  /** Sends at once, outside of any transaction. A failure is a signal, never an error: whoever depends on the message has another way to learn. */
  abstract announce(channel: string, payload: string): Promise<void>

  /**
   * Hears what is sent from now on, also by this process. `onReconnect` runs after every break of the connection: what was sent meanwhile is lost.
   * Resolves when the server has been told; gives back what ends it.
   */
  abstract listen(channel: string, onMessage: (payload: string) => void, onReconnect?: () => void): Promise<() => void>
}
