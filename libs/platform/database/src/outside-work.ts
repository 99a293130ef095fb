import { currentCall } from '@kilomega/ports'
import type { QueryResult } from 'pg'
import { EntityClient } from './entity-client.js'
import type { Session } from './session.js'
import { isReplicaFault, type Sessions } from './sessions.js'

type Open = (work: (session: Session) => Promise<void>) => Promise<void>

const reads = /^\s*(select|with)\b/i

/**
 * What a repository does outside of a read or write, as in any Nest application. It takes a connection at its first statement, and holds it until TypeORM
 * gives the client back: after one statement, or after a `save`, which reads and then writes in a transaction.
 */
export class OutsideWork {
  readonly client: EntityClient
  private session: Promise<Session> | undefined
  private readonly released = Promise.withResolvers<void>()
  private inTransaction = false

  constructor(
    private readonly schema: string,
    private readonly sessions: Sessions,
    private readonly isReading: boolean,
    beginStatements: () => readonly string[],
  ) {
    this.client = new EntityClient({
      run: (sql, parameters) => (isReading ? this.read(sql, parameters) : this.run(sql, parameters)),
      begin: async () => {
        this.inTransaction = true
        ;(await this.opened()).begin(...beginStatements())
      },
      commit: async () => this.note(await (await this.opened()).commit()),
      rollBack: async () => (await this.opened()).rollBack(),
      release: this.released.resolve,
    })
  }

  private async run(sql: string, parameters: readonly unknown[] | undefined): Promise<QueryResult> {
    const session = await this.opened()
    const result = await session.run({ sql, parameters, schema: this.schema })
    if (!this.inTransaction && !reads.test(sql) && this.sessions.reportsFreshness) this.note(await session.freshness())
    return result
  }

  private async read(sql: string, parameters: readonly unknown[] | undefined): Promise<QueryResult> {
    const statement = { sql, parameters, schema: this.schema }
    try {
      return await (await this.opened()).run(statement)
    } catch (error) {
      if (!isReplicaFault(error)) throw error
      this.session = this.open((work) => this.sessions.readOnPrimary(work))
      return (await this.session).run(statement)
    }
  }

  private opened(): Promise<Session> {
    const where: Open = this.isReading ? (work) => this.sessions.read(work) : (work) => this.sessions.write(this.schema, work)
    return (this.session ??= this.open(where))
  }

  private open(where: Open): Promise<Session> {
    return new Promise((resolve, reject) => {
      const hold = (session: Session): Promise<void> => {
        resolve(session)
        return this.released.promise
      }
      where(hold).catch(reject)
    })
  }

  private note(freshness: string | undefined): void {
    if (freshness !== undefined) currentCall().noteWrite(freshness)
  }
}
