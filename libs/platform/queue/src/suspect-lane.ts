import { Injectable } from '@nestjs/common'

/** How long a suspect keeps its worker waiting for another one to end, in milliseconds. After that it lets the jobs behind it pass, and comes again. */
const waitMs = 250
/** A suspect that runs longer than this no longer blocks the others, in milliseconds. */
const longMs = 10_000

/**
 * `alone`: no other suspect is running in this process, so if the process dies, this one did it. `beside`: another one takes long, so the cause would be unclear.
 * `later`: it should come again.
 */
export type Admission = 'alone' | 'beside' | 'later'

/**
 * A job that was running in a process that died may be why it died. Suspects of all kinds run one at a time in a process, so that the next
 * death shows which one it was. They wait only for each other, and no other job waits for them.
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

  /** To be called by a suspect that was admitted alone. */
  leave(): void {
    this.enteredMs = undefined
    this.waiting.shift()?.()
  }

  private admit(): Admission {
    this.enteredMs = performance.now()
    return 'alone'
  }
}
