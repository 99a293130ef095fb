import type { Measurement } from '../bench.js'
import { percentilesOf } from '../statistics.js'

const batch = 500
/** Jobs waiting at any time, so that workers never wait. */
const ahead = 2_000
const alonePart = 0.4

/** A queue under test: adds jobs to it, and reports when a worker starts each of them. */
export interface JobsUnderTest {
  add(count: number): Promise<void>
  /** Called at each start of a job. */
  onStart(started: () => void): void
}

/** First one job at a time, from its request to its start; then as many as possible, in batches, for capacity and CPU. */
export async function measureJobs(jobs: JobsUnderTest, durationMs: number): Promise<Measurement> {
  const latenciesUs = await oneByOne(jobs, durationMs * alonePart)
  let [added, done] = [0, 0]
  let wake: () => void = () => undefined
  jobs.onStart(() => {
    done += 1
    wake()
  })
  const before = process.cpuUsage()
  const beganMs = performance.now()
  const endsMs = beganMs + durationMs * (1 - alonePart)
  while (performance.now() < endsMs) {
    await jobs.add(batch)
    added += batch
    while (added - done > ahead) await new Promise<void>((resolve) => (wake = resolve))
  }
  while (done < added) await new Promise<void>((resolve) => (wake = resolve))
  const seconds = (performance.now() - beganMs) / 1_000
  const { user, system } = process.cpuUsage(before)
  const peakRssMb = process.resourceUsage().maxRSS / 1024
  return { operations: added, perSecond: added / seconds, cpuUs: (user + system) / added, ...percentilesOf(latenciesUs), peakRssMb }
}

async function oneByOne(jobs: JobsUnderTest, durationMs: number): Promise<number[]> {
  const latenciesUs: number[] = []
  for (const endsMs = performance.now() + durationMs; performance.now() < endsMs;) {
    const askedMs = performance.now()
    const started = new Promise<void>((resolve) => jobs.onStart(resolve))
    await jobs.add(1)
    await started
    latenciesUs.push((performance.now() - askedMs) * 1_000)
  }
  return latenciesUs
}
