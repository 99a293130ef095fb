import type { EntityManager } from 'typeorm'
import type { LastStatement, Transaction } from './database.js'
import type { EntitySource } from './entity-source.js'
import type { Session } from './session.js'

/** A transaction in progress. */
export class OpenTransaction implements Transaction {
  readonly hooks: (() => void)[] = []
  private readonly commitStatements: (() => LastStatement)[] = []
  private entities: { manager: EntityManager; release: () => Promise<void> } | undefined

  constructor(
    readonly schema: string,
    private readonly session: Session,
    private readonly source: EntitySource,
  ) {}

  async query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return (await this.session.run<Row>({ sql, parameters, schema: this.schema })).rows
  }

  /** Created on first use: most transactions do not need it. */
  get manager(): EntityManager {
    this.entities ??= this.source.managerOn({
      query: (sql, parameters) => this.session.run({ sql, parameters, schema: this.schema, prepare: false }),
    })
    return this.entities.manager
  }

  afterCommit(hook: () => void): void {
    this.hooks.push(hook)
  }

  withCommit(statement: () => LastStatement): void {
    this.commitStatements.push(statement)
  }

  async commit(): Promise<void> {
    await this.end()
    const lasts = this.commitStatements.map((statement) => ({ ...statement(), schema: this.schema }))
    for (const statement of lasts.slice(0, -1)) await this.session.run(statement)
    await this.session.commit(lasts.at(-1))
  }

  async rollBack(): Promise<void> {
    await this.end()
    await this.session.rollBack()
  }

  /** From now on the manager refuses to work. */
  private async end(): Promise<void> {
    await this.entities?.release()
  }
}
