import { type Budget, overBudget, type Route } from '@kilomega/http'
import { repeatedStatements } from '@kilomega/testing'
import type { Measured } from './measure.js'

/** By route: `GET /v1/posts/:id`. */
export type Budgets = ReadonlyMap<string, Budget>

export const budgetsOf = (routes: readonly Route[]): Budgets =>
  new Map(routes.flatMap(({ method, path, budget }) => (budget === undefined ? [] : [[`${method} ${path}`, budget] as const])))

/** Says which requests failed, cost more than the budget of their route, or sent a statement for each row or the same one again. */
export const costFaults = (measured: readonly Measured[], budgets: Budgets): string[] => measured.flatMap((one) => faultsOf(one, budgets))

function faultsOf({ route, status, text, cost, sent }: Measured, budgets: Budgets): string[] {
  const budget = budgets.get(route)
  if (budget === undefined) return [`${route}: has no budget`]
  if (status >= 400) return [`${route}: was to succeed and answered ${status} ${text.slice(0, 300)}`]
  const statements = sent.map(({ sql }) => `\n  ${sql.trim().replace(/\s+/g, ' ')}`).join('')
  return [
    ...overBudget(cost, budget).map(
      (what) => `${route}: ${cost[what]} ${what}, and its budget is ${budget[what]}${what === 'queries' ? statements : ''}`,
    ),
    ...repeatedStatements(sent).map((fault) => `${route}: ${fault}`),
  ]
}

/** Statements that a budget may have more than the dearest request. */
const roomQueries = 1
/** How many times the longest answer a budget may be. Answers of a few hundred bytes need more room, because their texts may be longer. */
const roomBytes = 1.5
const smallBytes = 1_000

/** Says which budgets are so large that a route could become dearer unnoticed. */
export function looseBudgets(measured: readonly Measured[], budgets: Budgets): string[] {
  return [...budgets].flatMap(([route, budget]) => {
    const costs = measured.filter((one) => one.route === route).map(({ cost }) => cost)
    const most = { queries: Math.max(...costs.map(({ queries }) => queries)), bytes: Math.max(...costs.map(({ bytes }) => bytes)) }
    const limit = { queries: most.queries + roomQueries, bytes: most.bytes === 0 ? 0 : Math.max(smallBytes, most.bytes * roomBytes) }
    return overBudget(budget, limit).map((what) => `${route}: its budget is ${budget[what]} ${what}, and no request needs more than ${most[what]}`)
  })
}
