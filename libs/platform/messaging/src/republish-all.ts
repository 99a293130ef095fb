import type { Database } from '@kilomega/database'
import { republish } from './delivery-statements.js'
import { inPortions } from './in-portions.js'
import { inSchema } from './schema-sql.js'

const kinds = `SELECT name FROM {schema}.subscriber WHERE name LIKE 'queue:%' ORDER BY name`

/** Makes all of a module's jobs due that are in their queues, because a queue has forgotten them; how many. Where it is broken off, it may begin anew. */
export async function republishAll(database: Database): Promise<number> {
  const names = await database.read((queryable) => queryable.query<{ name: string }>(inSchema(kinds, database.schema)))
  let jobs = 0
  for (const { name } of names) jobs += await inPortions(database, { sql: republish, values: [name] })
  return jobs
}
