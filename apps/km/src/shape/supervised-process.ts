import type { Failure } from '../failure.js'
import type { AppProcess } from '../start/app-process.js'
import { keepRunning } from '../start/keep-running.js'
import type { PlannedProcess } from './plan.js'

/** An application of a shape as a process on this machine. It is started again after a crash. */
export class SupervisedProcess {
  private readonly stopping = new AbortController()
  private current: AppProcess

  constructor(
    readonly planned: PlannedProcess,
    private readonly launch: () => AppProcess,
  ) {
    this.current = launch()
  }

  /** The process that is running, or the last one that ran. */
  get process(): AppProcess {
    return this.current
  }

  get name(): string {
    return this.planned.name
  }

  /** From now on crashes are reported and the process is started again. */
  supervise(say: (text: string) => void): void {
    void keepRunning({
      ended: () => this.current.crashed().catch((failure: Failure) => failure.message),
      start: () => void (this.current = this.launch()),
      say,
      stop: this.stopping.signal,
    })
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    if (this.current.isRunning()) await this.current.stop()
  }
}
