import type { Transaction } from './database.js'

/** Short messages to every process that listens on the same database. They are not stored: a listener that was disconnected reloads the state it depends on. */
export abstract class Broadcast {
  /** Sends when the transaction commits. At most 7,999 bytes. Commits that send wait for each other, so use this for rare messages only. */
  abstract send(transaction: Transaction, channel: string, payload: string): Promise<void>

  /** Sends at once, outside any transaction. A failure is a signal, never an error: a receiver that depends on the message must have another way to learn of the change. */
  abstract announce(channel: string, payload: string): Promise<void>

  /**
   * Receives messages sent from now on, including those of this process. `onReconnect` runs after every break of the connection: messages sent during the
   * break are lost. Resolves once the server has registered the listener. Returns a function that stops listening.
   */
  abstract listen(channel: string, onMessage: (payload: string) => void, onReconnect?: () => void): Promise<() => void>
}
