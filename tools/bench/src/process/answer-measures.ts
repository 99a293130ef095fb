import type { Measurement } from '../bench.js'
import type { CallPlan } from '../load/callers.js'
import { tellReady } from './tell-ready.js'

/** Makes this process measure whatever it likes whenever the runner asks it to; `answerCalls` is for what one call at a time shows. */
export function answerMeasures(measure: (durationMs: number) => Promise<Measurement>): void {
  process.on('message', (message: CallPlan | 'usage') => {
    if (message === 'usage') return
    measure(message.durationMs).then(
      (measurement) => process.send!({ measurement }),
      (error: Error) => process.send!({ problem: error.stack }),
    )
  })
  tellReady()
}
