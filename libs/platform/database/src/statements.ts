import type { Counter, Histogram, Metrics } from '@kilomega/observability'
import type { PoolClient, QueryResult } from 'pg'
import type { SlowStatements } from './slow-statements.js'
import { countStatement } from './statement-count.js'
import { statementName } from './statement-names.js'

export interface Statement {
  sql: string
  parameters?: readonly unknown[] | undefined
  /** The module that sends it: the label of its metrics. */
  schema: string
}

/** All statements of the process go through here: they are named, counted, timed, and reported if slow. */
export class Statements {
  private readonly count: Counter
  private readonly duration: Histogram

  constructor(
    private readonly slow: SlowStatements,
    metrics: Metrics,
  ) {
    this.count = metrics.counter('database_statements_total', 'SQL statements sent', ['schema'])
    this.duration = metrics.histogram('database_statement_duration_ms', 'Time from sending a statement to its last row', ['schema'])
  }

  /** A statement with a name is parsed and planned once per connection. */
  async run<Row extends object>(client: PoolClient, statement: Statement, isNamed: boolean): Promise<QueryResult<Row>> {
    const { sql, parameters, schema } = statement
    countStatement(statement)
    const startedMs = performance.now()
    try {
      return await client.query<Row>({ text: sql, values: parameters as unknown[] | undefined, name: isNamed ? statementName(sql) : undefined })
    } catch (error) {
      // The stack of the error itself ends in a socket; this one shows the code that sent the statement.
      if (error instanceof Error) Error.captureStackTrace(error)
      throw error
    } finally {
      const durationMs = performance.now() - startedMs
      this.count.add(1, schema)
      this.duration.observe(durationMs, schema)
      if (durationMs > this.slow.limitMs) this.slow.report(statement, durationMs)
    }
  }
}
