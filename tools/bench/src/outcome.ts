import type { Bench } from './bench.js'
import { judge, type Verdict } from './judge.js'
import type { Results } from './results.js'

/** The outcome of one bench. */
export interface Outcome {
  bench: Bench
  /** Why it did not run. */
  missing?: string
  results?: Results
  verdicts: Verdict[]
  remarks: string[]
}

export const outcomeOf = (bench: Bench, results: Results): Outcome => ({
  bench,
  results,
  verdicts: judge(bench, results),
  remarks: bench.remarks?.(results) ?? [],
})

/** For programs; rounds contain every figure of every case. */
export const asJson = (outcomes: readonly Outcome[], rounds: number) => ({
  node: process.version,
  cases: outcomes.map(({ bench, missing, results, verdicts, remarks }) => ({
    name: bench.name,
    ...(missing !== undefined && { missing }),
    noisy: results?.noisy ?? false,
    rounds,
    goals: verdicts,
    remarks,
    figures: results === undefined ? {} : Object.fromEntries(bench.cases.map(({ name }) => [name, results.roundsOf(name)])),
  })),
})
