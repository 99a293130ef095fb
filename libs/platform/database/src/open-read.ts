import { currentCall } from '@kilomega/ports'
import type { EntityManager, QueryRunner } from 'typeorm'
import type { Work } from './current-work.js'
import type { Reading } from './database.js'
import { EntityClient } from './entity-client.js'
import type { EntitySource } from './entity-source.js'
import type { Session } from './session.js'

const writes = /^\s*(insert|update|delete|merge)\b/i
const refuse = (): Promise<never> => Promise.reject(new Error('a read does not write, because a replica may answer it: use database.write'))

/** A read in progress. What TypeORM needs is created on first use: most reads do without. */
export class OpenRead implements Reading, Work {
  readonly call = currentCall()
  private entityClient: EntityClient | undefined
  private runner: QueryRunner | undefined

  constructor(
    readonly schema: string,
    private readonly session: Session,
    private readonly entities: EntitySource,
  ) {}

  get hasRunner(): boolean {
    return this.runner !== undefined
  }

  get manager(): EntityManager {
    return (this.runner ??= this.entities.runner('slave')).manager
  }

  get client(): EntityClient {
    const { schema, session } = this
    return (this.entityClient ??= new EntityClient({
      run: (sql, parameters) => (writes.test(sql) ? refuse() : session.run({ sql, parameters, schema })),
      begin: refuse,
      commit: refuse,
      rollBack: refuse,
      release: () => undefined,
    }))
  }

  async query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
    return (await this.session.run<Row>({ sql, parameters, schema: this.schema })).rows
  }

  /** From now on the manager refuses to work. */
  async end(): Promise<void> {
    await this.runner?.release()
  }
}
