import { setTimeout as wait } from 'node:timers/promises'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Pause } from './pause.js'

/** A loop works for nobody in particular: without a call of its own it would have the deadline of whoever happened to wake it. */
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'relay' } })

interface WorkLoopParts {
  /** Does the next portion of work; true when there may be more. */
  next: () => Promise<boolean>
  /** Called when that failed. The loop goes on after a pause. */
  stalled: (error: unknown) => void
  longestPauseMs: number
}

/** Does one portion of work after the other while there is any, and then waits to be woken. */
export class WorkLoop {
  readonly pause: Pause
  private running: Promise<void> | undefined
  private again = false
  private stopped = false

  constructor(private readonly parts: WorkLoopParts) {
    this.pause = new Pause(parts.longestPauseMs, () => this.wake())
  }

  /** There may be work. A loop that pauses looks at the end of the pause. */
  wake(): void {
    if (this.stopped || this.pause.isOn) return
    this.again = true
    this.running ??= runCall(ownCall, () => this.run()).finally(() => (this.running = undefined))
  }

  /** Begins nothing more, and waits for the portion at work, but not longer than that; whether it has ended. */
  async stop(withinMs: number): Promise<boolean> {
    this.stopped = true
    this.pause.stop()
    return Promise.race([this.running?.then(() => true) ?? true, wait(withinMs, false, { ref: false })])
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopped && !this.pause.isOn) {
      this.again = false
      try {
        if (await this.parts.next()) this.again = true
      } catch (error) {
        this.pause.begin()
        this.parts.stalled(error)
      }
    }
  }
}
