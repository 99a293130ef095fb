import type { Measurement } from '../bench.js'
import type { CallPlan } from '../load/callers.js'
import { reportReady } from './report-ready.js'

/** Makes this process run any measurement whenever the runner asks; `answerCalls` is for measurements of single calls. */
export function answerMeasures(measure: (durationMs: number) => Promise<Measurement>): void {
  process.on('message', (message: CallPlan | 'usage') => {
    if (message === 'usage') return
    measure(message.durationMs).then(
      (measurement) => process.send!({ measurement }),
      (error: Error) => process.send!({ problem: error.stack }),
    )
  })
  reportReady()
}
