import { fileURLToPath } from 'node:url'
import { CaseProcess } from '../process/case-process.js'
import type { Core } from '../process/pinned.js'
import type { LoadOrder, LoadReport } from './load-order.js'

const script = fileURLToPath(new URL('./load-process.js', import.meta.url))

/** Sends requests from its own process. */
export class HttpLoad {
  private constructor(private readonly process: CaseProcess) {}

  /** Pinned to the core for loads, or not pinned if the server under test may use all cores too. */
  static async start({ core }: { core: Core | 'any' } = { core: 'load' }): Promise<HttpLoad> {
    return new HttpLoad(await CaseProcess.start({ script, ...(core !== 'any' && { core }) }))
  }

  /** Rejects if an answer was not as expected: a bench of errors measures nothing. */
  async send(order: LoadOrder): Promise<LoadReport> {
    const { report, problem } = await this.process.ask<{ report?: LoadReport; problem?: string }>(order)
    if (report === undefined) throw new Error(`${order.url}: ${problem}`)
    return report
  }

  stop(): Promise<void> {
    return this.process.stop()
  }
}
