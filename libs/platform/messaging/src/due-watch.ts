import type { Database } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { dueSubscribers } from './delivery-statements.js'
import { inSchema } from './schema-sql.js'

const queryTimeoutMs = 10_000

/** Finds the subscribers that have a delivery due in one module's ledger, with one query for all subscribers of a process. */
export class DueWatch {
  private readonly wakeOf = new Map<string, () => void>()
  private looking: Promise<void> | undefined

  constructor(private readonly database: Database) {}

  add(subscriber: string, wake: () => void): void {
    this.wakeOf.set(subscriber, wake)
  }

  /** A failed query is not reported: the loops that are woken then report what is wrong, and the next query comes soon. */
  look(): void {
    const call = new CurrentCall({ actor: system, trace: { requestId: 'relay' }, deadlineMs: performance.now() + queryTimeoutMs })
    this.looking ??= runCall(call, () => this.wakeDue())
      .catch(() => this.wakeAll())
      .finally(() => (this.looking = undefined))
  }

  end(): void {
    this.wakeOf.clear()
  }

  private async wakeDue(): Promise<void> {
    const sql = inSchema(dueSubscribers, this.database.schema)
    const due = await this.database.read((queryable) => queryable.query<{ name: string }>(sql, [[...this.wakeOf.keys()]]))
    for (const { name } of due) this.wakeOf.get(name)?.()
  }

  private wakeAll(): void {
    for (const wake of this.wakeOf.values()) wake()
  }
}
