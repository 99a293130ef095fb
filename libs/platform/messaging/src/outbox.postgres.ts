import { type Transaction } from '@kilomega/database'
import { currentCall, type NewEvent, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { nextId } from './ledger-ids.js'
import { EventStream } from './nats/event-stream.js'
import { Outbox } from './outbox.js'
import { outboxStatement, type OutboxRow } from './outbox-statement.js'
import { RelayConfig } from './relay.config.js'
import { WakeUp } from './wake-up.js'

/** A size that fits every transport, so that all shapes behave the same: 512 KiB of a NATS message, less what travels with the payload. */
const maxPayloadBytes = 500 * 1_024
/** For rows due within this time, a timer notifies their subscribers, in milliseconds. Rows due later are found by polling. */
const notifyWithinMs = 60_000

/** The contents of an outbox row. */
export interface OutboxEntry {
  name: string
  payload: unknown
  /** The key by which events are ordered; see `EventOptions`. */
  orderKey?: string | undefined
  /** Delay before a job is published, in milliseconds. Events are published at once. */
  delayMs?: number
}

/** The outbox as tables. One statement writes all rows of a transaction, with a delivery to every subscriber that is registered by then. */
@Injectable()
export class PostgresOutbox extends Outbox {
  private readonly rowsOf = new WeakMap<Transaction, OutboxRow[]>()

  constructor(
    private readonly wakeUp: WakeUp,
    private readonly stream: EventStream,
    private readonly config: RelayConfig,
  ) {
    super()
  }

  async add(transaction: Transaction, ...events: NewEvent[]): Promise<void> {
    for (const { definition } of events) {
      if (definition.module !== transaction.schema) throw new Error(`${definition.eventName} is not an event of module ${transaction.schema}`)
    }
    const rows = events.map(({ definition: { eventName, orderKeyOf }, payload }) => {
      const orderKey = orderKeyOf?.(payload)
      // An event that the stream carries is claimed from the ledger only if it has not been delivered by then.
      return rowOf({ name: eventName, payload, orderKey }, this.stream.enabled && orderKey === undefined ? this.config.confirmMs : 0)
    })
    this.append(transaction, rows)
  }

  /** Adds jobs to the outbox of the transaction's module when the transaction commits. Their ids ascend in the given order. */
  async addJobs(transaction: Transaction, entries: readonly OutboxEntry[]): Promise<void> {
    this.append(
      transaction,
      entries.map((entry) => rowOf(entry, entry.delayMs ?? 0)),
    )
  }

  private append(transaction: Transaction, rows: readonly OutboxRow[]): void {
    if (rows.length === 0) return
    const all = this.rowsOf.get(transaction) ?? this.begin(transaction)
    // One by one: a call takes at most about 100,000 arguments, and a fan-out may be larger.
    for (const row of rows) all.push(row)
  }

  /** All rows that a transaction adds are written by one statement, which is sent with the commit. */
  private begin(transaction: Transaction): OutboxRow[] {
    const { schema } = transaction
    const { requestId } = currentCall().trace
    const rows: OutboxRow[] = []
    this.rowsOf.set(transaction, rows)
    transaction.withCommit(() => outboxStatement(schema, rows, requestId))
    transaction.afterCommit(() => this.notify(schema, rows))
    return rows
  }

  private notify(schema: string, rows: readonly OutboxRow[]): void {
    this.notifyNow(schema, rows)
    const later = rows.filter(({ dueInMs }) => dueInMs > 0 && dueInMs <= notifyWithinMs)
    for (const [dueInMs, due] of Map.groupBy(later, (row) => row.dueInMs)) setTimeout(() => this.notifyNow(schema, due), dueInMs).unref()
  }

  private notifyNow(schema: string, rows: readonly OutboxRow[]): void {
    for (const name of new Set(rows.map((row) => row.name))) this.wakeUp.notify(schema, name)
  }
}

function rowOf({ name, payload, orderKey }: OutboxEntry, dueInMs: number): OutboxRow {
  const text = JSON.stringify(payload)
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ name, sizeBytes, maxBytes: maxPayloadBytes })
  return { id: nextId(), name, text, orderKey, dueInMs }
}
