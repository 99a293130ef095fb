/**
 * Notices that a stream has lost what it had stored: that it is another one, made anew, or ends before the last event of which this process knows that it was
 * stored. Sequence numbers only grow in one that has lost nothing.
 */
export class StreamWatch {
  private lastStored = 0
  private created: string | undefined

  constructor(private readonly lost: () => void) {}

  /** JetStream has stored an event of this process. */
  stored(sequence: number): void {
    const isBehind = sequence <= this.lastStored
    this.lastStored = sequence
    if (isBehind) this.lost()
  }

  /** What the server says of the stream. */
  seen(created: string, lastSequence: number): void {
    const isOther = this.created !== undefined && this.created !== created
    const isBehind = lastSequence < this.lastStored
    this.created = created
    if (!isOther && !isBehind) return
    this.lastStored = lastSequence
    this.lost()
  }
}
