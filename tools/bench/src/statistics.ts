/** The middle value; for an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The value below which this share of the values lies (nearest rank). */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}

export interface Percentiles {
  p50Us: number
  p95Us: number
  p99Us: number
}

export function percentilesOf(valuesUs: readonly number[] | Float64Array): Percentiles {
  const sorted = Float64Array.from(valuesUs).sort()
  return { p50Us: percentile(sorted, 0.5), p95Us: percentile(sorted, 0.95), p99Us: percentile(sorted, 0.99) }
}
