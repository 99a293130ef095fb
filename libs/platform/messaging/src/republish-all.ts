import type { Database } from '@kilomega/database'
import { republish } from './delivery-statements.js'
import { inPortions } from './in-portions.js'
import { inSchema } from './schema-sql.js'

const kinds = `SELECT name FROM {schema}.subscriber WHERE name LIKE 'queue:%' ORDER BY name`

/** Makes all of a module's published jobs due again, because a queue has lost them. Returns how many. If it is interrupted, it can be run again. */
export async function republishAll(database: Database): Promise<number> {
  const names = await database.read((queryable) => queryable.query<{ name: string }>(inSchema(kinds, database.schema)))
  let jobs = 0
  for (const { name } of names) jobs += await inPortions(database, { sql: republish, values: [name] })
  return jobs
}
