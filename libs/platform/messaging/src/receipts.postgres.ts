import type { Database, Queryable, Transaction } from '@kilomega/database'
import { type Actor, type CurrentCall, currentCall, notJson, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { inputHash } from './input-hash.js'
import { Receipts } from './receipts.js'
import { inSchema } from './schema-sql.js'
import { withoutDefaults } from './without-defaults.js'

/** If another transaction is writing the same receipt, this waits until that transaction has ended. */
const insertReceipt = `
  INSERT INTO {schema}.command_receipt (key, principal, operation, input_hash) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING key`

const read = `
  SELECT operation, input_hash AS "inputHash", result::text AS result FROM {schema}.command_receipt WHERE key = $1 AND principal = $2`

const keepResult = `UPDATE {schema}.command_receipt SET result = $3 WHERE key = $1 AND principal = $2`

/** How a repeat is recognised: the owner of the key, and what the key must have been used for. */
interface Command {
  key: string
  principal: string
  operation: string
  /** The hash of the input as it was sent. */
  inputHash: string
  /** Whether a receipt is for the same input. */
  isSame: (inputHash: string) => boolean
}

interface Receipt {
  operation: string
  inputHash: string
  /** JSON; null if the command returned nothing. */
  result: string | null
}

/**
 * Receipts as a table in the schema of the module that does the command. One statement before the work, and one after it if there is a result.
 * Measured on loopback, without waiting for a disk, next to an insert of 1 KB that takes 0.10 ms: 0.09 ms and 0.5 KB of WAL for a command that
 * returns nothing, 0.19 ms and 1.7 KB for one that returns 1 KB. The hash of the input takes 4 us of that.
 */
@Injectable()
export class PostgresReceipts extends Receipts {
  private readonly done = new WeakSet<CurrentCall>()

  async once<T>(database: Database, work: (transaction: Transaction) => Promise<T>, prepare?: () => Promise<void>, asked?: unknown): Promise<T> {
    const call = currentCall()
    const command = commandOf(call, asked)
    if (command === undefined) {
      await prepare?.()
      return database.write(work)
    }
    if (this.done.has(call)) throw new Error(`${command.operation} asks for a second receipt: a command has one transaction and one result`)
    try {
      await prepare?.()
    } catch (error) {
      return await this.answerAgain<T>(database, command, error)
    }
    const result = await database.write((transaction) => this.answer(transaction, command, work))
    this.done.add(call)
    return result
  }

  /** Returns the result of the command if it was done before. Otherwise throws the reason why it cannot be done now. */
  private async answerAgain<T>(database: Database, command: Command, reason: unknown): Promise<T> {
    const receipt = await database.read((queryable) => receiptOf(queryable, database.schema, command))
    if (receipt === undefined) throw reason
    return resultOf<T>(receipt)
  }

  private async answer<T>(transaction: Transaction, command: Command, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { key, principal, operation } = command
    const { schema } = transaction
    const inserted = await transaction.query(inSchema(insertReceipt, schema), [key, principal, operation, command.inputHash])
    if (inserted.length === 0) {
      const receipt = await receiptOf(transaction, schema, command)
      // The receipt may have been deleted between the two statements: then start again.
      return receipt === undefined ? this.answer(transaction, command, work) : resultOf<T>(receipt)
    }
    const result = await work(transaction)
    if (result !== undefined) await transaction.query(inSchema(keepResult, schema), [key, principal, jsonOf(result, operation)])
    return result
  }
}

/** Older receipts hold the hash of the input as the schema parsed it, and are still recognised. Inputs that are sent differently but parse to the same value also match. */
function commandOf({ key, command, actor }: CurrentCall, asked: unknown): Command | undefined {
  if (key === undefined || command === undefined) return undefined
  const { name, input, sent = input, schema } = command
  const own = inputHash(asked ?? withoutDefaults(schema, sent))
  const isSame = (kept: string): boolean => kept === own || (asked === undefined && (kept === inputHash(sent) || kept === inputHash(input)))
  return { key, principal: principalOf(actor), operation: name, inputHash: own, isSame }
}

const principalOf = (actor: Actor): string => (actor.kind === 'user' ? `user:${actor.id}` : actor.kind)

async function receiptOf(queryable: Queryable, schema: string, { key, principal, operation, isSame }: Command): Promise<Receipt | undefined> {
  const [receipt] = await queryable.query<Receipt & object>(inSchema(read, schema), [key, principal])
  if (receipt === undefined) return undefined
  if (receipt.operation !== operation || !isSame(receipt.inputHash)) throw portErrors.IDEMPOTENCY_KEY_REUSED()
  return receipt
}

const resultOf = <T>({ result }: Receipt): T => (result === null ? undefined : JSON.parse(result)) as T

function jsonOf(result: unknown, operation: string): string {
  const problem = notJson(result)
  if (problem !== undefined) throw new TypeError(`${operation} returned a value that a receipt cannot hold: ${problem}`)
  return JSON.stringify(result)
}
