/** What one request of a route may cost. Tests hold every route of the API to it; in production more is counted and logged, never refused. */
export interface Budget {
  /**
   * The largest number of SQL statements, those of the modules in the same process included. Not counted: BEGIN and COMMIT, the statements of an
   * Idempotency-Key, and what follows after the answer.
   */
  queries: number
  /** The largest body of an answer that is no error, in bytes: for a list a full page of ordinary rows, otherwise the largest there can be. */
  bytes: number
}

/** What one request has cost. */
export type Cost = Readonly<Budget>

/** Says in what a request was over the budget of its route; empty if it was not. */
export const overBudget = (cost: Cost, budget: Budget): (keyof Budget)[] =>
  (['queries', 'bytes'] as const).filter((what) => cost[what] > budget[what])
