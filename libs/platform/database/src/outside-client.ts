import type { ReplicationMode } from 'typeorm'
import { EntityClient } from './entity-client.js'
import type { Session } from './session.js'

export interface OutsideOptions {
  schema: string
  mode: ReplicationMode
  /** Runs work on a connection of its own, which is given back when the work is done. */
  during: (mode: ReplicationMode, work: (session: Session) => Promise<void>) => Promise<void>
  /** What begins a transaction. Throws if there is no time left. */
  beginStatements: () => readonly string[]
}

/**
 * For repositories that are used outside of a read or write, as in any Nest application. It takes a connection at its first statement, and holds it until
 * TypeORM gives the client back: after one statement, or after a `save`, which reads and then writes in a transaction.
 */
export function outsideClient({ schema, mode, during, beginStatements }: OutsideOptions): EntityClient {
  const released = Promise.withResolvers<void>()
  let opening: Promise<Session> | undefined
  const open = (): Promise<Session> =>
    (opening ??= new Promise((resolve, reject) => {
      const work = (session: Session): Promise<void> => {
        resolve(session)
        return released.promise
      }
      during(mode, work).catch(reject)
    }))
  return new EntityClient({
    run: async (sql, parameters) => (await open()).run({ sql, parameters, schema }),
    begin: async () => (await open()).begin(...beginStatements()),
    commit: async () => (await open()).commit(),
    rollBack: async () => (await open()).rollBack(),
    release: released.resolve,
  })
}
