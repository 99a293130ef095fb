import { setTimeout as sleep } from 'node:timers/promises'
import { colorsFor } from '../terminal/colors.js'
import { durationText } from '../terminal/duration.js'
import { cutTo, heightOf } from '../terminal/height.js'

const redrawMs = 100
/** What `head` may take to have read and to end, milliseconds. */
const readWithinMs = 250

/** What the launcher shows: each step as it goes on, errors, and what stays below them. */
export class Screen {
  private readonly colors = colorsFor(process.stdout)
  private footer = ''

  /** Shows a step while it works, then how long it took. */
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

  /** Comes a little after all the others, unless people read it: a pipe tells that its reader has gone only when there is more to say. */
  async lastLine(text: string): Promise<void> {
    if (!process.stdout.isTTY) await sleep(readWithinMs)
    this.line(text)
  }

  readonly error = (text: string): void => this.above(() => process.stderr.write(`${colorsFor(process.stderr).red(text)}\n`))

  /** Text that stays below all others until the next one takes its place; on a terminal only. */
  below(text: string): void {
    if (!process.stdout.isTTY) return
    this.above(() => (this.footer = cutTo(text, process.stdout)))
  }

  protected draw(text: string): void {
    this.above(() => process.stdout.write(text))
  }

  /** Takes the footer away, lets something be written, and puts it back. */
  private above(write: () => unknown): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
    if (this.footer !== '') process.stdout.write(`\u001b[${heightOf(this.footer, process.stdout.columns)}A\u001b[J`)
    write()
    if (this.footer !== '') process.stdout.write(`${this.footer}\n`)
  }
}
