import type { Database } from '@kilomega/database'
import { inSchema } from './schema-sql.js'

/** Rows in one transaction, which takes 40 to 100 ms: no statement exceeds its time limit, however many rows there are, and others never wait long for it. */
const portion = 5_000
const leastId = '00000000-0000-0000-0000-000000000000'

interface Portion {
  looked: number
  changed: number
  /** The last id that the statement looked at. */
  last: string | null
}

export interface InPortions {
  /** `$1` is the id after which it starts, `$2` the number of rows to look at. Returns one row: `looked`, `changed` and `last`. */
  sql: string
  /** `$3` and so on. */
  values: readonly unknown[]
  after?: string
  isStopped?: () => boolean
}

/** Runs a statement for one portion of ids after another, each in its own transaction, until all are done or the process stops. Returns the number of changed rows. */
export async function inPortions(database: Database, { sql, values, after = leastId, isStopped = () => false }: InPortions): Promise<number> {
  let [changed, last, more] = [0, after, true]
  while (more && !isStopped()) {
    const parameters = [last, portion, ...values]
    const [done] = await database.write((transaction) => transaction.query<Portion & object>(inSchema(sql, database.schema), parameters))
    changed += done!.changed
    last = done!.last ?? last
    more = done!.looked === portion
  }
  return changed
}
