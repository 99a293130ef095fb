import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { planText, type PlanNode } from './plan-text.js'
import type { Statement } from './statements.js'

const connectWithinMs = 2_000
/** In milliseconds. A plan takes milliseconds. If it takes longer it is waiting for a lock, and would add to the load while others wait too. */
const planWithinMs = 500
const explainable = /^\s*(select|with|insert|update|delete|merge|values)\b/i

/**
 * The plan that the server would choose now for a statement and its parameters, or undefined if there is none. EXPLAIN without ANALYZE runs nothing, so it is
 * safe for a writing statement. Uses a separate connection: the pool may be what is exhausted.
 */
export async function explain(url: Secret, { sql, parameters = [] }: Statement): Promise<string | undefined> {
  if (!explainable.test(sql)) return undefined
  const client = new Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: connectWithinMs,
    statement_timeout: planWithinMs,
    query_timeout: planWithinMs,
  })
  client.on('error', () => undefined)
  const text = 'EXPLAIN (FORMAT JSON) ' + sql
  try {
    await client.connect()
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(text, [...parameters])
    return planText(rows[0]!['QUERY PLAN'][0].Plan)
  } catch {
    return undefined
  } finally {
    void client.end()
  }
}
