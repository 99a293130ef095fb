import { withIdentifiers } from '../with-identifiers.js'
import type { Check, Look } from './check.js'
import { spanText } from './span-text.js'

interface Row {
  query: string
  calls: number
  totalMs: number
  share: number
  statement: string
}

const place = `SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`

/** Of the view in the schema to which the extension was installed. */
const statements = `
  SELECT regexp_replace(s.query, '\\s+', ' ', 'g') AS query, s.calls::float8, s.total_exec_time AS "totalMs", s.share,
    format('EXPLAIN (GENERIC_PLAN) %s', regexp_replace(s.query, '\\s+', ' ', 'g')) AS statement
  FROM (SELECT *, total_exec_time / sum(total_exec_time) OVER () AS share FROM %I.pg_stat_statements) s
  JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
  WHERE s.total_exec_time >= $1 AND s.share >= $2 AND s.query ~* '^\\s*(select|insert|update|delete|merge|with)\\M'
  ORDER BY s.total_exec_time DESC
  LIMIT 10`

const mayReadAll = `SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS may, quote_ident(current_user) AS user`

/** The statements that take most of the server's time. */
export const costlyStatements: Check = {
  kind: 'costly-statement',
  severity: 'information',
  title: 'Statements that take most of the time',
  harm: 'What is made faster here is felt most. The plan shows what each of them reads.',
  async find(look) {
    const { rows, limits, skip } = look
    const [extension] = await rows<{ schema: string }>(place)
    if (extension === undefined) {
      skip(`the extension is not installed: set shared_preload_libraries = 'pg_stat_statements', restart, and CREATE EXTENSION pg_stat_statements`)
      return []
    }
    await reportHidden(look)
    const found = await rows<Row>(withIdentifiers(statements, extension.schema), [limits.statementTotalMs, limits.statementShare])
    return found.map(({ query, calls, totalMs, share, statement }) => ({
      subject: query.length > 60 ? `${query.slice(0, 59)}…` : query,
      problem: `took ${Math.round(share * 100)}% of all time: ${calls} calls, ${(totalMs / calls).toPrecision(3)} ms each, ${spanText(totalMs)} in sum`,
      statements: [statement],
    }))
  },
}

async function reportHidden({ rows, skip }: Look): Promise<void> {
  const [{ may, user } = { may: true, user: '' }] = await rows<{ may: boolean; user: string }>(mayReadAll)
  if (!may) skip(`the statements of other users are hidden from this one: GRANT pg_read_all_stats TO ${user}`)
}
