import type { Database } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { whoIsDue } from './delivery-statements.js'
import { inSchema } from './schema-sql.js'

const lookWithinMs = 10_000

/** Finds who has something due in one module's ledger, in one look for all subscribers of a process, however many they are. */
export class DueWatch {
  private readonly wakeOf = new Map<string, () => void>()
  private looking: Promise<void> | undefined

  constructor(private readonly database: Database) {}

  add(subscriber: string, wake: () => void): void {
    this.wakeOf.set(subscriber, wake)
  }

  /** A look that fails is nothing to tell of: whoever is woken by other means says what is wrong, and the next look comes soon. */
  look(): void {
    const call = new CurrentCall({ actor: system, trace: { requestId: 'relay' }, deadlineMs: performance.now() + lookWithinMs })
    this.looking ??= runCall(call, () => this.wakeDue())
      .catch(() => this.wakeAll())
      .finally(() => (this.looking = undefined))
  }

  end(): void {
    this.wakeOf.clear()
  }

  private async wakeDue(): Promise<void> {
    const sql = inSchema(whoIsDue, this.database.schema)
    const due = await this.database.read((queryable) => queryable.query<{ name: string }>(sql, [[...this.wakeOf.keys()]]))
    for (const { name } of due) this.wakeOf.get(name)?.()
  }

  private wakeAll(): void {
    for (const wake of this.wakeOf.values()) wake()
  }
}
