import { Injectable } from '@nestjs/common'

/** How long a suspect keeps its worker waiting for another one to end, milliseconds; then it makes room for the jobs behind it, and comes again. */
const waitMs = 250
/** One suspect that takes longer than this does not keep the others from being done, milliseconds. */
const longMs = 10_000

/**
 * `alone`: no other suspect is at work in this process, so its death would be this one's doing. `beside`: another one takes long, so that nobody could tell.
 * `later`: it should come again.
 */
export type Admission = 'alone' | 'beside' | 'later'

/**
 * A job that was at work in a process that died may be why it died. Suspects are done one at a time in a process, of whatever kind they are, so that the next
 * death tells which one it was. They wait for each other and for nothing else, and no other job waits for them.
 */
@Injectable()
export class SuspectLane {
  private enteredMs: number | undefined
  private readonly waiting: (() => void)[] = []

  async enter(): Promise<Admission> {
    if (this.enteredMs === undefined) return this.admit()
    if (performance.now() - this.enteredMs > longMs) return 'beside'
    return new Promise((resolve) => {
      const admit = (): void => {
        clearTimeout(overdue)
        resolve(this.admit())
      }
      const overdue = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(admit), 1)
        resolve('later')
      }, waitMs)
      this.waiting.push(admit)
    })
  }

  /** For who was let in alone. */
  leave(): void {
    this.enteredMs = undefined
    this.waiting.shift()?.()
  }

  private admit(): Admission {
    this.enteredMs = performance.now()
    return 'alone'
  }
}
