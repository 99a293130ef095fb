import type { QueueOptions } from 'bullmq'

/** Where jobs wait: this process's connections to it, and what has to be known of it. The ledger can fill it anew at any time. */
export abstract class QueueBackend {
  /** How queues and workers reach it. */
  abstract readonly options: Pick<QueueOptions, 'connection' | 'prefix'>

  /** Makes room for the connections on which so many workers wait. */
  abstract reserve(workers: number): void

  /**
   * The name of what the store holds: another one after it was emptied, or where a process is connected to another store than the others. Rejects within
   * `QUEUE_TIMEOUT_MS` when it cannot be reached.
   */
  abstract epoch(): Promise<string>

  /** The setting by which the store may lose jobs, in words; nothing where it is safe. Rejects as `epoch` does. */
  abstract unsafeSetting(): Promise<string | undefined>

  /** Once queues and workers are closed. */
  abstract close(): Promise<void>
}
