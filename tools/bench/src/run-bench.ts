import type { Bench, OpenCase } from './bench.js'
import { Results } from './results.js'

export interface Effort {
  /** Rounds that count; one more is run first and left out. */
  rounds: number
  /** A fraction of a bench's own round time. */
  share: number
  /** The maximum number of runs if the machine is noisy. */
  tries: number
}

type Report = (text: string) => void

/** One case, opened once or several times. */
type Open = Map<string, OpenCase[]>

/** Runs the cases of a bench in turn (A B C A B C …), and repeats the run if the machine is noisy. */
export async function runBench(bench: Bench, { rounds, share, tries }: Effort, report: Report): Promise<Results> {
  const world = await bench.openWorld()
  const open: Open = new Map(bench.cases.map(({ name }) => [name, []]))
  try {
    for (const one of bench.cases) {
      report(`${bench.name}: starting ${one.name}`)
      for (let instance = 0; instance < (bench.instances ?? 1); instance += 1) open.get(one.name)!.push(await one.open(world))
    }
    for (const one of [...open.values()].flat()) await one.measure(bench.warmUpMs * share)
    for (let attempt = 1; ; attempt += 1) {
      const results = await inTurns(bench, open, { rounds, share, report })
      if (!results.noisy || attempt === tries) return results
      report(`${bench.name}: the machine is noisy, again (${attempt + 1} of ${tries})`)
    }
  } finally {
    for (const one of [...open.values()].flat()) await one.close()
    await world.close()
  }
}

interface Turns {
  rounds: number
  share: number
  report: Report
}

async function inTurns(bench: Bench, open: Open, { rounds, share, report }: Turns): Promise<Results> {
  const results = new Results(bench.steady)
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, instances] of open) {
      report(`${bench.name}: round ${round} of ${rounds}, ${name}`)
      const one = instances[round % instances.length]!
      if (bench.leadInMs !== undefined) await one.measure(bench.leadInMs * share)
      results.add(name, await one.measure(bench.roundMs * share))
    }
  }
  return results
}
