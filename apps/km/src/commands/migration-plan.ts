import { bytesText, type PlannedLock, type PlannedStep } from '@kilomega/database'
import { tableText } from '../terminal/table.js'
import { wrapped } from '../terminal/wrap.js'

const legend =
  'ACCESS EXCLUSIVE holds up readers and writers, EXCLUSIVE, SHARE ROW EXCLUSIVE and SHARE hold up writers, the other locks nobody. ' +
  'The times are rough, and do not count the wait for a lock.'
const widest = 80

/** The pending steps in their order, each with the locks that it takes on tables that exist. */
export function planText(steps: readonly PlannedStep[], columns = Math.min(process.stdout.columns ?? widest, widest)): string {
  if (steps.length === 0) return 'The database is up to date: there is nothing to do.'
  const head = steps.length === 1 ? '1 step is pending.' : `${steps.length} steps are pending.`
  const locking = steps.filter(({ locks }) => locks.length > 0)
  const others = steps.length - locking.length
  const quiet =
    others === 0
      ? []
      : [`${others === 1 ? '1 step touches' : `${others} steps touch`} no table that exists, and ${others === 1 ? 'takes' : 'take'} a moment.`]
  const tables = locking.map((step) => `${step.schema}: ${step.name}\n${tableOf(step.locks, columns)}`)
  return [head, ...tables, ...quiet, ...(locking.length === 0 ? [] : [wrapped(legend, columns).join('\n')])].join('\n\n')
}

function tableOf(locks: readonly PlannedLock[], columns: number): string {
  const rows = locks.map(({ what, lock, table, rows, bytes, takes }) => [what, lock ?? '?', table ?? '?', sizeText(rows, bytes), takes])
  return tableText(['statement', 'lock', 'table', 'size', 'takes'], rows, { columns })
}

function sizeText(rows: number | null, bytes: number | null): string {
  if (bytes === null) return '?'
  return rows === null ? bytesText(bytes) : `${rows.toLocaleString('en')} rows, ${bytesText(bytes)}`
}
