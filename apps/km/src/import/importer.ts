import type { Batch } from './batches.js'
import type { BatchResult, BatchSender } from './batch-sender.js'
import type { Checkpoint, ImportState } from './checkpoint.js'
import type { Throttle } from './throttle.js'

/** Called after every answered batch with the progress of the whole import. */
export type Progress = (state: ImportState, lastLine: number) => void

/**
 * Sends several batches concurrently. The checkpoint moves only past lines before which no batch is open, so that after a crash at any moment
 * every line is sent at least once; a document that is sent twice is added once.
 */
export class Importer {
  private readonly open = new Set<Promise<void>>()
  private readonly answered: { batch: Batch; result: BatchResult | undefined }[] = []
  private failure: unknown

  constructor(
    private readonly sender: BatchSender,
    private readonly throttle: Throttle,
    private readonly checkpoint: Checkpoint,
    private readonly progress: Progress,
  ) {}

  async run(batches: AsyncIterable<Batch>): Promise<ImportState> {
    for await (const batch of batches) {
      while (this.open.size >= this.throttle.limit) await Promise.race(this.open)
      if (this.failure !== undefined) break
      this.begin(batch)
    }
    await Promise.all(this.open)
    if (this.failure !== undefined) throw this.failure
    return this.checkpoint.state
  }

  private begin(batch: Batch): void {
    const entry: { batch: Batch; result: BatchResult | undefined } = { batch, result: undefined }
    this.answered.push(entry)
    const task = this.sender
      .deliver(batch)
      .then((result) => {
        entry.result = result
        this.settle()
      })
      .catch((error: unknown) => {
        this.failure ??= error
      })
      .finally(() => this.open.delete(task))
    this.open.add(task)
  }

  /** Moves the checkpoint past every answered batch at the front of the queue. */
  private settle(): void {
    while (this.answered[0]?.result !== undefined) {
      const { batch, result } = this.answered.shift() as { batch: Batch; result: BatchResult }
      this.checkpoint.advance(batch.lastLine, result)
      this.progress(this.checkpoint.state, batch.lastLine)
    }
  }
}
