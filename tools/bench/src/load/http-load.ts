import { fileURLToPath } from 'node:url'
import { CaseProcess } from '../process/case-process.js'
import type { LoadOrder, LoadReport } from './load-order.js'

const script = fileURLToPath(new URL('./load-process.js', import.meta.url))

/** Something that sends requests, in a process of its own. */
export class HttpLoad {
  private constructor(private readonly process: CaseProcess) {}

  static async start(): Promise<HttpLoad> {
    return new HttpLoad(await CaseProcess.start({ script, core: 'load' }))
  }

  /** Rejects where an answer was not one that the load wants: a bench of errors measures nothing. */
  async send(order: LoadOrder): Promise<LoadReport> {
    const { report, problem } = await this.process.ask<{ report?: LoadReport; problem?: string }>(order)
    if (report === undefined) throw new Error(`${order.url}: ${problem}`)
    return report
  }

  stop(): Promise<void> {
    return this.process.stop()
  }
}
