import { pino } from 'pino'
import { LogOutput } from './log-output.js'

/** Bytes that may wait for a reader that does not read. Lines beyond them are lost, because a process that waits for its log serves nobody. */
const maxWaitingBytes = 16 * 1024 * 1024
/** In milliseconds: how long a line may be held back. A person does not notice. */
const heldMs = 10

/**
 * Where log lines go. The lines of some milliseconds are made and written together: a separate write costs 10 us, and a line made by itself in the middle of
 * a request costs four times as much as one of many. Lines held back when the process ends, even because of an error, are written before it exits; only a
 * signal that cannot be caught loses them. If the reader is gone, lines are lost and nothing else. A reader that stays but does not read delays only the very
 * end of the process, which its supervisor then kills.
 */
class StandardOutput extends LogOutput {
  private readonly destination = pino.destination({ dest: 1, sync: false, contentMode: 'buffer', maxLength: maxWaitingBytes })
  private readonly makers = new Set<() => void>()
  private lines: string[] = []
  private closed = false
  private waiting: NodeJS.Timeout | undefined

  constructor() {
    super()
    this.destination.once('close', () => (this.closed = true))
    // Before the destination's own end, which comes when no work is left, and after its last write.
    process.prependListener('beforeExit', () => this.flush())
    process.on('exit', () => this.end())
  }

  write(line: string): void {
    this.lines.push(line)
    this.flushSoon()
  }

  override beforeWriting(make: () => void): void {
    this.makers.add(make)
    this.flushSoon()
  }

  private flushSoon(): void {
    this.waiting ??= setTimeout(() => this.flush(), heldMs).unref()
  }

  private flush(): void {
    for (const make of this.makers) make()
    this.makers.clear()
    clearTimeout(this.waiting)
    this.waiting = undefined
    if (this.lines.length === 0 || this.closed) return
    // Bytes: a string would stay a chain of its parts until it is written, and the garbage collector would move each of them.
    this.destination.write(Buffer.from(this.lines.join('')) as unknown as string)
    this.lines = []
  }

  private end(): void {
    this.flush()
    if (!this.closed) this.destination.flushSync()
  }
}

export const standardOutput = new StandardOutput()
