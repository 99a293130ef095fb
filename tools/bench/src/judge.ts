import type { Bench, Goal } from './bench.js'
import type { Results } from './results.js'

export interface Verdict {
  id: string
  what: string
  figure: number
  /** `<= 1.4` or `>= 1.5` */
  limit: string
  /** Absent if the machine was too noisy to measure. */
  held?: boolean
}

/** Compares the results with the goals of a bench. */
export const judge = ({ goals }: Bench, results: Results): Verdict[] => goals.map((goal) => verdictOn(goal, results))

function verdictOn({ id, what, atMost, atLeast, figure }: Goal, results: Results): Verdict {
  const value = figure(results)
  const held = (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)
  const limit = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`
  return { id, what, figure: value, limit, ...(!results.noisy && { held }) }
}
