/** The outcome of one request of a load. */
export interface Outcome {
  /** Its kind of request. */
  kind: string
  index: number
  /** When it was due and when it ended, in milliseconds after the start of the load. */
  dueMs: number
  endMs: number
  /** Absent if there was no answer. */
  status?: number
  /** The code of the answered problem, or of the connection error: `DEPENDENCY_UNAVAILABLE`, `ECONNRESET`, `TimeoutError`. */
  code?: string
}

export const succeeded = ({ status }: Outcome): boolean => status !== undefined && status >= 200 && status < 300

/** From when it was due, not from when it was sent: otherwise a generator that is delayed itself would hide the wait. */
export const latencyMs = ({ dueMs, endMs }: Outcome): number => endMs - dueMs

/** The number of each outcome: `{ '200': 96, '503 DEPENDENCY_UNAVAILABLE': 3, ECONNRESET: 1 }`. */
export function countEnds(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, code } of outcomes) {
    const end = [status, code].filter((part) => part !== undefined).join(' ')
    counts[end] = (counts[end] ?? 0) + 1
  }
  return counts
}

/** The latency that the given share of requests did not exceed: `quantileMs(outcomes, 0.99)`; 0 if there are none. */
export function quantileMs(outcomes: readonly Outcome[], share: number): number {
  const sorted = outcomes.map(latencyMs).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}
