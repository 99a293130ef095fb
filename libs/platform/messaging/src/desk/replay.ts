import type { Database } from '@kilomega/database'
import { replay } from '../delivery-statements.js'
import { inPortions } from '../in-portions.js'
import { leastId } from '../ledger-ids.js'
import { recordOperation } from './operation-record.js'

export interface ReplaySpan {
  from: Date
  to: Date
  schema?: string | undefined
  eventName?: string | undefined
  subscriber?: string | undefined
}

/** By how much the clocks of processes, which make ids, may differ from that of the database, which says when an event was told, milliseconds. */
const clockSlackMs = 3_600_000

/** Delivers a span of one module's events once more; how many deliveries that are. */
export async function replayIn(database: Database, { from, to, eventName, subscriber }: ReplaySpan): Promise<number> {
  const until = leastId(to.getTime() + clockSlackMs)
  const values = [until, from.toISOString(), to.toISOString(), eventName ?? null, subscriber ?? null]
  const delivered = await inPortions(database, { sql: replay, values, after: leastId(Math.max(0, from.getTime() - clockSlackMs)) })
  const details = { from, to, eventName, subscriber, count: delivered }
  if (delivered > 0) await database.write((transaction) => recordOperation(transaction, 'outbox.replay', details))
  return delivered
}
