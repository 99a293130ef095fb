import type { Database } from '@kilomega/database'
import { inSchema } from './schema-sql.js'

/** Rows in one transaction, which takes 40 to 100 ms: no statement runs into its time limit, however many rows there are, and nobody waits for long. */
const portion = 5_000
const leastId = '00000000-0000-0000-0000-000000000000'

interface Portion {
  looked: number
  changed: number
  /** The last id that it looked at. */
  last: string | null
}

export interface InPortions {
  /** `$1` is the id behind which it begins, `$2` how many rows it looks at. Answers one row: `looked`, `changed` and `last`. */
  sql: string
  /** `$3` and so on. */
  values: readonly unknown[]
  after?: string
  isStopped?: () => boolean
}

/** Runs a statement for one portion of ids after the other, each in a transaction of its own, until all are done or the process stops; how many rows were changed. */
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
