import type { Transaction } from '@kilomega/database'
import { currentCall } from '@kilomega/ports'
import { inSchema } from '../schema-sql.js'

const insert = `INSERT INTO {schema}.operation_record (operator, action, details) VALUES ($1, $2, $3)`

/** Records what the current caller changes in a module's ledger or queue by hand, in the same transaction as the change. */
export async function recordOperation(transaction: Transaction, action: string, details: object): Promise<void> {
  const { actor } = currentCall()
  const operator = actor.kind === 'user' ? actor.id : actor.kind
  await transaction.query(inSchema(insert, transaction.schema), [operator, action, JSON.stringify(details)])
}
