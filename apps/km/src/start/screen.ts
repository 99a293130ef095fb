import { setTimeout as sleep } from 'node:timers/promises'
import { colorsFor } from '../terminal/colors.js'
import { durationText } from '../terminal/duration.js'
import { cutTo, heightOf } from '../terminal/height.js'

const redrawMs = 100
/** How long `head` may take to read and to exit, in milliseconds. */
const readWithinMs = 250

/** The output of the launcher: each step in progress, errors, and a footer below them. */
export class Screen {
  private readonly colors = colorsFor(process.stdout)
  private footer = ''

  /** Shows a step while it runs, then how long it took. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const began = performance.now()
    const redraw = process.stdout.isTTY ? setInterval(() => this.draw(`${what} … ${durationText(performance.now() - began)}`), redrawMs) : undefined
    try {
      const result = await work
      this.done(what, performance.now() - began)
      return result
    } catch (error) {
      this.draw('')
      throw error
    } finally {
      clearInterval(redraw)
    }
  }

  done(what: string, tookMs: number): void {
    this.line(`${this.colors.green('✓')} ${what} ${this.colors.dim(durationText(tookMs))}`)
  }

  line(text: string): void {
    this.draw(`${text}\n`)
  }

  /** Unless this is a terminal, printed a little after all other lines: a pipe reports that its reader has gone only at the next write. */
  async lastLine(text: string): Promise<void> {
    if (!process.stdout.isTTY) await sleep(readWithinMs)
    this.line(text)
  }

  readonly error = (text: string): void => this.above(() => process.stderr.write(`${colorsFor(process.stderr).red(text)}\n`))

  /** Text that stays below all other lines until the next call replaces it; on a terminal only. */
  below(text: string): void {
    if (!process.stdout.isTTY) return
    this.above(() => (this.footer = cutTo(text, process.stdout)))
  }

  protected draw(text: string): void {
    this.above(() => process.stdout.write(text))
  }

  /** Removes the footer, writes, and draws the footer again. */
  private above(write: () => unknown): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
    if (this.footer !== '') process.stdout.write(`\u001b[${heightOf(this.footer, process.stdout.columns)}A\u001b[J`)
    write()
    if (this.footer !== '') process.stdout.write(`${this.footer}\n`)
  }
}
