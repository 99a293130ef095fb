import type { Secret } from '@kilomega/config'
import type { Session } from '../session.js'
import type { PostgresPool } from '../postgres-pool.js'
import { ServerWatch } from './server-watch.js'

/** One PostgreSQL server, whatever its role is at the moment. */
export class Server {
  /** Host and port, for people. */
  readonly name: string
  readonly watch: ServerWatch
  /** Pieces of work that were sent here since the start. */
  work = 0
  private readonly sessions = new Set<Session>()

  constructor(
    readonly url: Secret,
    readonly pool: PostgresPool,
    changed: () => void,
  ) {
    const { hostname, port } = new URL(url.reveal())
    this.name = `${hostname}:${port || '5432'}`
    this.watch = new ServerWatch(url, changed)
  }

  get state(): ServerWatch['state'] {
    return this.watch.state
  }

  /** Runs work on a session of this server, which is cut off if the server hangs. */
  async during<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
    this.work += 1
    this.sessions.add(session)
    try {
      return await work(session)
    } finally {
      this.sessions.delete(session)
      await session.close()
    }
  }

  /** Ends the connections in use: whoever waits for this server gets an error now. */
  cutOff(): void {
    for (const session of this.sessions) session.giveUp()
  }
}
