import type { EntityManager } from 'typeorm'
import type { Transaction } from './database.js'
import type { EntitySource } from './entity-source.js'
import type { Session } from './session.js'

/** A transaction that is under way. */
export class OpenTransaction implements Transaction {
  readonly hooks: (() => void)[] = []
  private entities: { manager: EntityManager; release: () => Promise<void> } | undefined

  constructor(
    readonly schema: string,
    private readonly session: Session,
    private readonly source: EntitySource,
  ) {}

  async query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return (await this.session.run<Row>({ sql, parameters, schema: this.schema })).rows
  }

  /** Made when it is first asked for: most transactions do without. */
  get manager(): EntityManager {
    this.entities ??= this.source.managerOn({
      query: (sql, parameters) => this.session.run({ sql, parameters, schema: this.schema, prepare: false }),
    })
    return this.entities.manager
  }

  afterCommit(hook: () => void): void {
    this.hooks.push(hook)
  }

  /** From now on the manager refuses to work. */
  async end(): Promise<void> {
    await this.entities?.release()
  }
}
