import { pino } from 'pino'

/** Bytes beyond which lines are written at once. */
const heldBytes = 65_536
/** Bytes that wait for a reader who does not read; what comes beyond them is lost, because a process that waits for its log serves nobody. */
const maxWaitingBytes = 16 * 1024 * 1024
/** How long a line may be held, milliseconds: no person sees it. */
const heldMs = 10

/**
 * Where log lines go. The lines of some milliseconds are written together: a write for each costs 10 us, half of a request. They are held as bytes,
 * because as texts each is made of twenty pieces that the garbage collector moves until they are written. What is held when the process ends, by an
 * error too, is written before it is gone; only a signal that nobody can handle loses it. When whoever reads is gone, lines are lost and nothing else.
 * A reader who stays and does not read holds up nothing but the very end of the process, which its supervisor then kills.
 */
class StandardOutput {
  private readonly destination = pino.destination({
    ...{ dest: 1, sync: false, contentMode: 'buffer' as const },
    ...{ minLength: heldBytes, maxWrite: 2 * heldBytes, maxLength: maxWaitingBytes },
  })
  private flushing = false

  write(line: string): void {
    if (!this.flushing) this.flushSoon()
    this.destination.write(Buffer.from(line) as unknown as string)
  }

  private flushSoon(): void {
    this.flushing = true
    setTimeout(() => {
      this.flushing = false
      this.destination.flush()
    }, heldMs).unref()
  }
}

export const standardOutput = new StandardOutput()
