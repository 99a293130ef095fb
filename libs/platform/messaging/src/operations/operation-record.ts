import type { Transaction } from '@kilomega/database'
import { currentCall } from '@kilomega/ports'
import { inSchema } from '../schema-sql.js'

const insert = `INSERT INTO {schema}.operation_record (operator, action, details) VALUES ($1, $2, $3)`

/** Writes down what the caller at hand does to a module's ledger or queue by hand, in the transaction in which it happens. */
export async function recordOperation(transaction: Transaction, action: string, details: object): Promise<void> {
  const { actor } = currentCall()
  const operator = actor.kind === 'user' ? actor.id : actor.kind
  await transaction.query(inSchema(insert, transaction.schema), [operator, action, JSON.stringify(details)])
}
