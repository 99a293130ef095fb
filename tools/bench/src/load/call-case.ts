import type { Measurement, OpenCase } from '../bench.js'
import { CaseProcess, type Program } from '../process/case-process.js'
import type { CallPlan } from './callers.js'

/** A case that is a function, called by its own process. */
export async function callCase(program: Program, plan: Omit<CallPlan, 'durationMs'>): Promise<OpenCase> {
  const caller = await CaseProcess.start({ ...program, core: 'server' })
  return {
    measure: async (durationMs) => {
      const { measurement, problem } = await caller.ask<{ measurement?: Measurement; problem?: string }>({ ...plan, durationMs })
      if (measurement === undefined) throw new Error(problem)
      return measurement
    },
    close: () => caller.stop(),
  }
}
