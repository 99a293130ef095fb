import { type Transaction } from '@kilomega/database'
import { currentCall, type NewEvent } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { HandOvers } from './hand-overs.js'
import { nextId } from './ledger-ids.js'
import { Outbox } from './outbox.js'
import { outboxStatement, type Told } from './outbox-statement.js'
import { WakeUp } from './wake-up.js'

/** What an outbox row says. */
export interface OutboxEntry {
  name: string
  payload: unknown
  /** Whose order counts; see `EventOptions`. */
  orderKey?: string | undefined
}

/** The outbox as tables: one statement for all events of a transaction, with a delivery owed to every subscriber that is registered by then. */
@Injectable()
export class PostgresOutbox extends Outbox {
  private readonly untold = new WeakMap<Transaction, Told[]>()

  constructor(
    private readonly wakeUp: WakeUp,
    private readonly handOvers: HandOvers,
  ) {
    super()
  }

  async add(transaction: Transaction, ...events: NewEvent[]): Promise<void> {
    for (const { definition } of events) {
      if (definition.module !== transaction.schema) throw new Error(`${definition.eventName} cannot be told by module ${transaction.schema}`)
    }
    await this.append(
      transaction,
      events.map(({ definition, payload }) => ({ name: definition.eventName, payload, orderKey: definition.orderKeyOf?.(payload) })),
    )
  }

  /** Adds rows of any kind to the outbox of the transaction's module, when it commits. Their ids grow in the order given. */
  async append(transaction: Transaction, entries: readonly OutboxEntry[]): Promise<void> {
    if (entries.length === 0) return
    const told = this.untold.get(transaction) ?? this.begin(transaction)
    // One by one: a call takes no more than some 100,000 arguments, and a fan-out may be larger.
    for (const one of this.told(transaction.schema, entries)) told.push(one)
  }

  /** All that a transaction tells is one statement, which goes out with the commit. */
  private begin(transaction: Transaction): Told[] {
    const { schema } = transaction
    const { requestId } = currentCall().trace
    const told: Told[] = []
    this.untold.set(transaction, told)
    transaction.withCommit(() => outboxStatement(schema, told, requestId))
    transaction.afterCommit(() => this.pass(schema, told))
    return told
  }

  /** Its time is this process's: the database's own is not worth asking for, and is what counts when it is handed over again. */
  private told(schema: string, entries: readonly OutboxEntry[]): Told[] {
    const { requestId } = currentCall().trace
    const occurredAt = new Date().toISOString()
    return entries.map(({ name, payload, orderKey }) => {
      const handOver = this.handOvers.of(schema, name)
      return { id: nextId(), name, payload, requestId, occurredAt, attempt: 1, text: JSON.stringify(payload), orderKey, handOver }
    })
  }

  private pass(schema: string, told: readonly Told[]): void {
    const byHandOver = Map.groupBy(told, ({ handOver }) => handOver)
    for (const [handOver, deliveries] of byHandOver) {
      if (handOver !== undefined) handOver.take(deliveries)
      else for (const name of new Set(deliveries.map((one) => one.name))) this.wakeUp.ring(schema, name)
    }
  }
}
