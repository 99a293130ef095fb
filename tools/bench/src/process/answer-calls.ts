import { type Call, type CallPlan, measureCalls } from '../load/callers.js'
import type { Measurement } from '../bench.js'
import { reportReady } from './report-ready.js'

type Measure = () => Promise<Measurement>
const anywhere = (measure: Measure): Promise<Measurement> => measure()

/** Makes this process measure calls whenever the runner asks, in the context that they need. */
export function answerCalls(call: Call, within = anywhere): void {
  process.on('message', (message: CallPlan | 'usage') => {
    if (message === 'usage') return
    within(() => measureCalls(call, message)).then(
      (measurement) => process.send!({ measurement }),
      (error: Error) => process.send!({ problem: error.stack }),
    )
  })
  reportReady()
}
