/** Beyond this many characters lines are written at once, so that a burst does not collect memory. */
const heldCharacters = 65_536
/** How long a line may be held, milliseconds: no person sees it. */
const heldMs = 10

/**
 * Where log lines go. The lines of some milliseconds are written together: a write for each costs 10 us, half of a request. What is held when the
 * process ends, by an error too, is written before it is gone; only a signal that nobody can handle loses it.
 */
class StandardOutput {
  private held = ''

  constructor() {
    // When whoever reads the lines is gone, they are lost and nothing else: without a listener a broken pipe would end the process.
    process.stdout.on('error', () => undefined)
    process.once('exit', () => this.flush())
  }

  write(line: string): void {
    if (this.held === '') setTimeout(() => this.flush(), heldMs).unref()
    this.held += line
    if (this.held.length > heldCharacters) this.flush()
  }

  private flush(): void {
    if (this.held === '') return
    const lines = this.held
    this.held = ''
    process.stdout.write(lines)
  }
}

export const standardOutput = new StandardOutput()
