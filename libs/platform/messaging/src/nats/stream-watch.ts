/** What the server says of a stream: when it was made, and the numbers of what it holds. */
export interface StreamState {
  created: string
  first: number
  last: number
  messages: number
}

/**
 * Notices that a stream has lost what it had stored: that it is another one, made anew, that it ends before the last event of which this process knows that it
 * was stored, or that numbers are missing in it. Nobody deletes from it, and what grows old goes from the front.
 */
export class StreamWatch {
  private lastStored = 0
  private created: string | undefined
  private missing = 0

  constructor(private readonly lost: () => void) {}

  /** JetStream has stored an event of this process. */
  stored(sequence: number): void {
    const isBehind = sequence <= this.lastStored
    this.lastStored = sequence
    if (isBehind) this.lost()
  }

  seen({ created, first, last, messages }: StreamState): void {
    const missing = messages === 0 ? 0 : last - first + 1 - messages
    const isOther = this.created !== undefined && this.created !== created
    const hasLost = last < this.lastStored || (messages === 0 && first <= this.lastStored) || missing > this.missing
    this.created = created
    this.missing = missing
    if (!isOther && !hasLost) return
    this.lastStored = last
    this.lost()
  }
}
