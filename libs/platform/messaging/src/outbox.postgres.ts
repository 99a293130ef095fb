import { type Transaction } from '@kilomega/database'
import { currentCall, type NewEvent } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { v7 as uuidv7 } from 'uuid'
import { Outbox } from './outbox.js'
import { inSchema } from './schema-sql.js'
import { WakeUp } from './wake-up.js'

/** What an outbox row says. */
export interface OutboxEntry {
  name: string
  payload: unknown
  /** Whose order counts; see `EventOptions`. */
  orderKey?: string | undefined
}

const append = `
  WITH told AS (
    INSERT INTO {schema}.outbox (id, name, payload, request_id, order_key, place)
    SELECT id, name, payload, $4, order_key, CASE WHEN order_key IS NOT NULL THEN nextval('{schema}.outbox_order') END
    FROM unnest($1::uuid[], $2::text[], $3::json[], $5::text[]) AS entry (id, name, payload, order_key)
    RETURNING id, name, order_key, place
  )
  INSERT INTO {schema}.delivery (subscriber, event_id, order_key, place)
  SELECT subscriber.name, told.id, told.order_key, told.place FROM told JOIN {schema}.subscriber ON subscriber.event_name = told.name`

/** The outbox as tables: one statement for all events of a call, with a delivery owed to every subscriber that is registered by then. */
@Injectable()
export class PostgresOutbox extends Outbox {
  constructor(private readonly wakeUp: WakeUp) {
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

  /** Adds rows of any kind to the outbox of the transaction's module. Their ids grow in the order given. */
  async append(transaction: Transaction, entries: readonly OutboxEntry[]): Promise<void> {
    if (entries.length === 0) return
    await transaction.query(inSchema(append, transaction.schema), [
      entries.map(() => uuidv7()),
      entries.map(({ name }) => name),
      entries.map(({ payload }) => JSON.stringify(payload)),
      currentCall().trace.requestId,
      entries.map(({ orderKey }) => orderKey ?? null),
    ])
    transaction.afterCommit(() => this.wakeUp.ring(transaction.schema))
  }
}
