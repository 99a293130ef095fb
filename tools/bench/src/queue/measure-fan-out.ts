import type { Measurement } from '../bench.js'

/** Recipients of one change. */
export const fanOut = 10_000

/** One fan-out; its time is reported for all latencies. */
export async function measureFanOut(send: () => Promise<unknown>): Promise<Measurement> {
  const before = process.cpuUsage()
  const beganMs = performance.now()
  await send()
  const tookUs = (performance.now() - beganMs) * 1_000
  const { user, system } = process.cpuUsage(before)
  return {
    operations: fanOut,
    perSecond: (fanOut / tookUs) * 1_000_000,
    cpuUs: (user + system) / fanOut,
    p50Us: tookUs,
    p95Us: tookUs,
    p99Us: tookUs,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  }
}
