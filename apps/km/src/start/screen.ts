import { colorsFor } from '../terminal/colors.js'
import { durationText } from '../terminal/duration.js'

const redrawMs = 100

/** What the launcher shows: each step as it goes on, errors, and nothing else. */
export class Screen {
  private readonly colors = colorsFor(process.stdout)

  /** Shows a step while it works, then how long it took. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const began = performance.now()
    const redraw = process.stdout.isTTY ? setInterval(() => this.draw(`${what} … ${durationText(performance.now() - began)}`), redrawMs) : undefined
    try {
      const result = await work
      this.draw(`${this.colors.green('✓')} ${what} ${this.colors.dim(durationText(performance.now() - began))}\n`)
      return result
    } catch (error) {
      this.draw('')
      throw error
    } finally {
      clearInterval(redraw)
    }
  }

  line(text: string): void {
    this.draw(`${text}\n`)
  }

  readonly error = (text: string): void => {
    process.stderr.write(`${colorsFor(process.stderr).red(text)}\n`)
  }

  private draw(text: string): void {
    process.stdout.write(process.stdout.isTTY ? `\r\u001b[K${text}` : text)
  }
}
