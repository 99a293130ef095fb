/** What became of one request of a load. */
export interface Outcome {
  /** Which of the kinds of request it was. */
  kind: string
  index: number
  /** When it was due, milliseconds after the load began, and when it was over. */
  dueMs: number
  endMs: number
  /** Absent where there was no answer. */
  status?: number
  /** Of the problem that was answered, or of the error on the way: `DEPENDENCY_UNAVAILABLE`, `ECONNRESET`, `TimeoutError`. */
  code?: string
}

export const succeeded = ({ status }: Outcome): boolean => status !== undefined && status >= 200 && status < 300

/** From when it was due, not from when it was sent: a generator that is held up itself would else hide the wait. */
export const latencyMs = ({ dueMs, endMs }: Outcome): number => endMs - dueMs

/** How often each end came about: `{ '200': 96, '503 DEPENDENCY_UNAVAILABLE': 3, ECONNRESET: 1 }`. */
export function countEnds(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, code } of outcomes) {
    const end = [status, code].filter((part) => part !== undefined).join(' ')
    counts[end] = (counts[end] ?? 0) + 1
  }
  return counts
}

/** The latency that a share of the requests did not exceed: `quantileMs(outcomes, 0.99)`; 0 without any. */
export function quantileMs(outcomes: readonly Outcome[], share: number): number {
  const sorted = outcomes.map(latencyMs).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}
