import type { Measurement, Metric } from './bench.js'
import { median } from './statistics.js'

/** Rounds of the steady case may differ by this factor before the machine counts as noisy: quiet machines stay below 1.2. */
const noisyFrom = 1.5

/** The measurements of a bench, round by round. */
export class Results {
  private readonly rounds = new Map<string, Measurement[]>()

  constructor(readonly steady: { case: string; metric: Metric }) {}

  add(caseName: string, measurement: Measurement): void {
    const rounds = this.rounds.get(caseName)
    if (rounds === undefined) this.rounds.set(caseName, [measurement])
    else rounds.push(measurement)
  }

  /** All rounds except the first, in which caches and compilers are cold. */
  roundsOf(caseName: string): Measurement[] {
    return (this.rounds.get(caseName) ?? []).slice(1)
  }

  series(caseName: string, metric: Metric): number[] {
    return this.roundsOf(caseName).map((measurement) => measurement[metric])
  }

  median(caseName: string, metric: Metric): number {
    return median(this.series(caseName, metric))
  }

  /** The median of the ratios of each round, never a ratio of medians: whatever slowed a round slowed both cases in it. */
  ratio(caseName: string, otherName: string, metric: Metric): number {
    return median(this.ratios(caseName, otherName, metric))
  }

  ratios(caseName: string, otherName: string, metric: Metric): number[] {
    const other = this.series(otherName, metric)
    return this.series(caseName, metric).map((value, round) => value / other[round]!)
  }

  /** Whether the machine was too noisy for any judgement. */
  get noisy(): boolean {
    const series = this.series(this.steady.case, this.steady.metric)
    return Math.max(...series) / Math.min(...series) > noisyFrom
  }
}
