import { setTimeout as wait } from 'node:timers/promises'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Pause } from './pause.js'

/** A loop has its own call. Without one it would run under the deadline of the call that happened to wake it. */
const ownCall = new CurrentCall({ actor: system, trace: { requestId: 'relay' } })

interface WorkLoopParts {
  /** Does the next portion of work. Resolves to true if there may be more. */
  next: () => Promise<boolean>
  /** Called when a portion failed. The loop continues after a pause. */
  stalled: (error: unknown) => void
  longestPauseMs: number
}

/** Does one portion of work after another while there is any, and then waits to be woken. */
export class WorkLoop {
  readonly pause: Pause
  private running: Promise<void> | undefined
  private again = false
  private stopped = false

  constructor(private readonly parts: WorkLoopParts) {
    this.pause = new Pause(parts.longestPauseMs, () => this.wake())
  }

  /** There may be work. A paused loop looks for it at the end of the pause. */
  wake(): void {
    if (this.stopped || this.pause.isOn) return
    this.again = true
    this.running ??= runCall(ownCall, () => this.run()).finally(() => (this.running = undefined))
  }

  /** Starts no more portions, and waits for the running one, but no longer than this. Resolves to whether it has ended. */
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
        this.pause.start()
        this.parts.stalled(error)
      }
    }
  }
}
