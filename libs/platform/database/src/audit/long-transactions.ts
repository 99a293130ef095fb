import type { Check, Look } from './check.js'
import { spanText } from './span-text.js'

interface Row {
  pid: number
  user: string
  program: string
  idleMs: number | null
  openMs: number
  blocked: number
  query: string
  statement: string
}

const sessions = `
  SELECT a.pid, a.usename AS user, a.application_name AS program, left(regexp_replace(a.query, '\\s+', ' ', 'g'), 100) AS query,
    CASE WHEN a.state LIKE 'idle in transaction%' THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 * 1000 END AS "idleMs",
    extract(epoch FROM clock_timestamp() - a.xact_start)::float8 * 1000 AS "openMs",
    (SELECT count(*)::int FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock' AND a.pid = ANY (pg_blocking_pids(w.pid))) AS blocked,
    format('SELECT pg_terminate_backend(%s)', a.pid) AS statement
  FROM pg_stat_activity a
  WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
    AND (a.xact_start < clock_timestamp() - $2 * interval '1 ms'
      OR a.state LIKE 'idle in transaction%' AND a.state_change < clock_timestamp() - $1 * interval '1 ms')
  ORDER BY blocked DESC, a.xact_start`

const hidden = `
  SELECT count(*)::int AS count, quote_ident(current_user) AS user
  FROM pg_stat_activity
  WHERE datname = current_database() AND state IS NULL AND backend_type IS NULL
    AND NOT pg_has_role('pg_read_all_stats', 'USAGE') AND NOT pg_has_role(usesysid, 'USAGE')`

/** Transactions that are open for long, and those that wait for their program. */
export const longTransactions: Check = {
  kind: 'long-transaction',
  severity: 'harmful',
  title: 'Transactions that are open for long',
  harm: 'Each keeps its locks, and the dead rows of every table, until it ends. Ending a session rolls its transaction back.',
  async find(look) {
    await reportHidden(look)
    const { idleTransactionMs, transactionMs } = look.limits
    const found = await look.rows<Row>(sessions, [idleTransactionMs, transactionMs])
    return found.map((row) => ({ subject: `session ${row.pid}`, problem: problemOf(row), statements: [row.statement] }))
  },
}

function problemOf({ user, program, idleMs, openMs, blocked, query }: Row): string {
  const who = program === '' ? user : `${user}, ${program}`
  const state = idleMs === null ? `open for ${spanText(openMs)}` : `open for ${spanText(openMs)}, idle for ${spanText(idleMs)}`
  const waiting = blocked === 0 ? '' : `; ${blocked} ${blocked === 1 ? 'session waits' : 'sessions wait'} for it`
  return `of ${who}, is ${state}${waiting}. Its ${idleMs === null ? 'statement' : 'last statement'}: ${query}`
}

async function reportHidden({ rows, skip }: Look): Promise<void> {
  const [{ count, user } = { count: 0, user: '' }] = await rows<{ count: number; user: string }>(hidden)
  if (count > 0) skip(`${count} sessions of other users are hidden from this one: GRANT pg_read_all_stats TO ${user}`)
}
