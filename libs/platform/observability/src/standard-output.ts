import { pino } from 'pino'
import { LogOutput } from './log-output.js'

/** Bytes that wait for a reader who does not read; what comes beyond them is lost, because a process that waits for its log serves nobody. */
const maxWaitingBytes = 16 * 1024 * 1024
/** How long a line may be held, milliseconds: no person sees it. */
const heldMs = 10

/**
 * Where log lines go. The lines of some milliseconds are made and written together: a write for each costs 10 us, and a line that is made by itself,
 * in the midst of a request, four times as much as one of many. What is held when the process ends, by an error too, is written before it is gone;
 * only a signal that nobody can handle loses it. When whoever reads is gone, lines are lost and nothing else. A reader who stays and does not read
 * holds up nothing but the very end of the process, which its supervisor then kills.
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
    // Before the destination's own end, which comes once nothing is left to do, and after its last write.
    process.prependListener('beforeExit', () => this.handOver())
    process.on('exit', () => this.end())
  }

  write(line: string): void {
    this.lines.push(line)
    this.handOverSoon()
  }

  override beforeWriting(make: () => void): void {
    this.makers.add(make)
    this.handOverSoon()
  }

  private handOverSoon(): void {
    this.waiting ??= setTimeout(() => this.handOver(), heldMs).unref()
  }

  private handOver(): void {
    for (const make of this.makers) make()
    this.makers.clear()
    clearTimeout(this.waiting)
    this.waiting = undefined
    if (this.lines.length === 0 || this.closed) return
    // Bytes: as a text it would stay the pieces that it is made of until it is written, and the garbage collector would move each of them.
    this.destination.write(Buffer.from(this.lines.join('')) as unknown as string)
    this.lines = []
  }

  private end(): void {
    this.handOver()
    if (!this.closed) this.destination.flushSync()
  }
}

export const standardOutput = new StandardOutput()
