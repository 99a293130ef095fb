import { type Transaction } from '@kilomega/database'
import { currentCall, type NewEvent, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { nextId } from './ledger-ids.js'
import { EventStream } from './nats/event-stream.js'
import { Outbox } from './outbox.js'
import { outboxStatement, type OutboxRow } from './outbox-statement.js'
import { RelayConfig } from './relay.config.js'
import { WakeUp } from './wake-up.js'

/** What fits on every way, so that a shape makes no difference: 512 KiB of a message over NATS, less what travels with it. */
const maxPayloadBytes = 500 * 1_024
/** A ring for what is due later is kept in mind for so long at most, milliseconds; what is due after that is found by looking. */
const ringWithinMs = 60_000

/** What an outbox row says. */
export interface OutboxEntry {
  name: string
  payload: unknown
  /** Whose order counts; see `EventOptions`. */
  orderKey?: string | undefined
  /** Jobs are published when they are due, milliseconds from now; events at once. */
  delayMs?: number
}

/** The outbox as tables: one statement for all rows of a transaction, with a delivery to every subscriber that is registered by then. */
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
      // What the stream carries is looked for in the ledger only when nobody has heard it by then.
      return rowOf({ name: eventName, payload, orderKey }, this.stream.enabled && orderKey === undefined ? this.config.confirmMs : 0)
    })
    this.append(transaction, rows)
  }

  /** Adds jobs to the outbox of the transaction's module, when it commits. Their ids grow in the order given. */
  async addJobs(transaction: Transaction, entries: readonly OutboxEntry[]): Promise<void> {
    this.append(
      transaction,
      entries.map((entry) => rowOf(entry, entry.delayMs ?? 0)),
    )
  }

  private append(transaction: Transaction, rows: readonly OutboxRow[]): void {
    if (rows.length === 0) return
    const all = this.rowsOf.get(transaction) ?? this.begin(transaction)
    // One by one: a call takes no more than some 100,000 arguments, and a fan-out may be larger.
    for (const row of rows) all.push(row)
  }

  /** All that a transaction adds is one statement, which goes out with the commit. */
  private begin(transaction: Transaction): OutboxRow[] {
    const { schema } = transaction
    const { requestId } = currentCall().trace
    const rows: OutboxRow[] = []
    this.rowsOf.set(transaction, rows)
    transaction.withCommit(() => outboxStatement(schema, rows, requestId))
    transaction.afterCommit(() => this.ring(schema, rows))
    return rows
  }

  private ring(schema: string, rows: readonly OutboxRow[]): void {
    this.ringAll(schema, rows)
    const later = rows.filter(({ dueInMs }) => dueInMs > 0 && dueInMs <= ringWithinMs)
    for (const [dueInMs, due] of Map.groupBy(later, (row) => row.dueInMs)) setTimeout(() => this.ringAll(schema, due), dueInMs).unref()
  }

  private ringAll(schema: string, rows: readonly OutboxRow[]): void {
    for (const name of new Set(rows.map((row) => row.name))) this.wakeUp.ring(schema, name)
  }
}

function rowOf({ name, payload, orderKey }: OutboxEntry, dueInMs: number): OutboxRow {
  const text = JSON.stringify(payload)
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > maxPayloadBytes) throw portErrors.PAYLOAD_TOO_LARGE({ name, sizeBytes, maxBytes: maxPayloadBytes })
  return { id: nextId(), name, text, orderKey, dueInMs }
}
