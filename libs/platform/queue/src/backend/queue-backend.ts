import type { QueueOptions } from 'bullmq'

/** The store where jobs wait, with this process's connections to it. It can be refilled from the ledger at any time. */
export abstract class QueueBackend {
  /** Options by which queues and workers connect to it. */
  abstract readonly options: Pick<QueueOptions, 'connection' | 'prefix'>

  /** Reserves the connections on which this many workers wait. */
  abstract reserve(workers: number): void

  /**
   * Identifies the contents of the store: it differs after the store was emptied, and if a process is connected to another store than the others. Rejects within
   * `QUEUE_TIMEOUT_MS` if the store cannot be reached.
   */
  abstract epoch(): Promise<string>

  /** Describes the settings with which the store may lose jobs; undefined if it is safe. Rejects as `epoch` does. */
  abstract unsafeSetting(): Promise<string | undefined>

  /**
   * Resolves when the connections of workers have had the time to be made again after a break, or at once. BullMQ cannot close a worker between two attempts to connect:
   * ioredis then reports no end of the connection (redis/ioredis#2169), and the close waits for it forever.
   */
  abstract workersReconnected(): Promise<void>

  /** Called after queues and workers are closed. */
  abstract close(): Promise<void>
}
