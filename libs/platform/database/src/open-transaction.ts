import { currentCall } from '@kilomega/ports'
import type { EntityManager, QueryRunner } from 'typeorm'
import type { LastStatement, Transaction } from './database.js'
import { EntityClient } from './entity-client.js'
import type { EntitySource } from './entity-source.js'
import type { Session } from './session.js'

/** A transaction in progress. Its manager refuses to work once it has ended. */
export class OpenTransaction implements Transaction {
  readonly call = currentCall()
  readonly client: EntityClient
  readonly hooks: (() => void)[] = []
  private readonly commitStatements: (() => LastStatement)[] = []
  private readonly runner: QueryRunner

  constructor(
    readonly schema: string,
    private readonly session: Session,
    beginStatements: readonly string[],
    entities: EntitySource,
  ) {
    this.client = new EntityClient({
      run: (sql, parameters) => session.run({ sql, parameters, schema }),
      begin: async () => session.begin(...beginStatements),
      commit: refuse,
      rollBack: refuse,
      release: () => undefined,
    })
    this.runner = entities.runner('master')
  }

  get manager(): EntityManager {
    return this.runner.manager
  }

  async query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return (await this.session.run<Row>({ sql, parameters, schema: this.schema })).rows
  }

  afterCommit(hook: () => void): void {
    this.hooks.push(hook)
  }

  withCommit(statement: () => LastStatement): void {
    this.commitStatements.push(statement)
  }

  /** TypeORM knows of the transaction from the start, so that what its own methods begin inside of it are savepoints. */
  begin(): Promise<void> {
    return this.runner.startTransaction()
  }

  /** Not by way of TypeORM: while one of its savepoints is open, because a save was not awaited, it would only release that. */
  async commit(): Promise<string | undefined> {
    await this.runner.release()
    const lasts = this.commitStatements.map((statement) => ({ ...statement(), schema: this.schema }))
    for (const statement of lasts.slice(0, -1)) await this.session.run(statement)
    return this.session.commit(lasts.at(-1))
  }

  async rollBack(): Promise<void> {
    await this.runner.release()
    await this.session.rollBack()
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error('database.write commits when its work is done, and rolls back when it throws'))
