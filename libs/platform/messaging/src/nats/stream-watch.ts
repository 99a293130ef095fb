/** What the server says of a stream: when it was made, when it stored the last event, and the numbers of what it holds. */
export interface StreamState {
  /** As PostgreSQL reads it, like `lastAt`. */
  created: string
  lastAt: string
  first: number
  last: number
  messages: number
}

/** When events were told that a stream may still hold: none that was told outside of this time is in it. */
export interface Kept {
  from: string
  until: string
}

const nothingKept: Kept = { from: 'infinity', until: '-infinity' }

interface StreamWatchParts {
  /** After this the server forgets what it has stored, milliseconds. */
  maxAgeMs: number
  /** Called for a stream that has lost something; whatever else is in it is of no account. */
  lost: (kept: Kept) => void
  /** Called for the stream that is there when this process begins to look: what it lost before that only its age can tell. */
  met: (kept: Kept) => void
}

/**
 * Notices that a stream has lost what it had stored: that it is another one, made anew, that it ends before the last event of which this process knows that it
 * was stored, that it begins behind it although that is young, or that numbers are missing in it. Nobody deletes from it, and what grows old goes from the
 * front.
 */
export class StreamWatch {
  private lastStored = 0
  /** On the clock of this process, milliseconds. */
  private storedAtMs = -Infinity
  private created: string | undefined
  private missing = 0
  private readonly consumers = new Map<string, string>()

  constructor(private readonly parts: StreamWatchParts) {}

  /** JetStream has stored an event of this process. */
  stored(sequence: number): void {
    const isBehind = sequence <= this.lastStored
    this.lastStored = sequence
    this.storedAtMs = performance.now()
    if (isBehind) this.parts.lost(nothingKept)
  }

  /** The number of the last event of which it is known that it was stored. To be read before the server is asked: events are stored while it answers. */
  get mark(): number {
    return this.lastStored
  }

  /** What the server said; `mark` is from before it was asked. */
  seen(state: StreamState, mark: number): void {
    const { created, first, last, messages } = state
    const missing = messages === 0 ? 0 : last - first + 1 - messages
    const isNew = this.created === undefined
    const hasLost = (!isNew && this.created !== created) || last < mark || missing > this.missing || this.wasEmptied(first)
    this.created = created
    this.missing = missing
    if (isNew && !hasLost) return this.parts.met(keptBy(state))
    if (!hasLost) return
    this.lastStored = last
    this.storedAtMs = -Infinity
    this.parts.lost(nothingKept)
  }

  /** A process that may not look at the stream knows by its consumers: one that is made anew was gone with the stream. */
  consumerSeen(name: string, created: string): void {
    const before = this.consumers.get(name)
    this.consumers.set(name, created)
    const looksItself = this.created !== undefined
    if (!looksItself && before !== undefined && before !== created) this.parts.lost(nothingKept)
  }

  private wasEmptied(first: number): boolean {
    return first > this.lastStored && performance.now() - this.storedAtMs < this.parts.maxAgeMs
  }
}

const keptBy = ({ created, lastAt, messages }: StreamState): Kept => (messages === 0 ? nothingKept : { from: created, until: lastAt })
