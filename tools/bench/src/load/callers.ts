import type { Measurement } from '../bench.js'
import { percentilesOf } from '../statistics.js'

/** An operation that is done by calling a function. */
export type Call = () => Promise<unknown>

export interface CallPlan {
  durationMs: number
  /** Concurrent callers, for capacity. */
  callers: number
  /** Calls between two readings of the clock: enough of them to make the reading negligible. */
  batch: number
}

/** First a single caller, for latency; then many at once, for capacity and CPU. Each gets half of the time. */
export async function measureCalls(call: Call, { durationMs, callers, batch }: CallPlan): Promise<Measurement> {
  const latenciesUs = await alone(call, durationMs / 2, batch)
  const before = process.cpuUsage()
  const startedMs = performance.now()
  const counts = await Promise.all(Array.from({ length: callers }, () => untilOver(call, startedMs + durationMs / 2, batch)))
  const seconds = (performance.now() - startedMs) / 1_000
  const { user, system } = process.cpuUsage(before)
  const operations = counts.reduce((sum, count) => sum + count, 0)
  const peakRssMb = process.resourceUsage().maxRSS / 1024
  return { operations, perSecond: operations / seconds, cpuUs: (user + system) / operations, ...percentilesOf(latenciesUs), peakRssMb }
}

async function alone(call: Call, durationMs: number, batch: number): Promise<number[]> {
  const latenciesUs: number[] = []
  const endsMs = performance.now() + durationMs
  for (let beganMs = performance.now(); beganMs < endsMs;) {
    for (let done = 0; done < batch; done += 1) await call()
    const nowMs = performance.now()
    latenciesUs.push(((nowMs - beganMs) * 1_000) / batch)
    beganMs = nowMs
  }
  return latenciesUs
}

async function untilOver(call: Call, endsMs: number, batch: number): Promise<number> {
  let count = 0
  while (performance.now() < endsMs) {
    for (let done = 0; done < batch; done += 1) await call()
    count += batch
  }
  return count
}
