import type { Secret } from '@kilomega/config'
import { portErrors } from '@kilomega/ports'
import type { PoolClient } from 'pg'
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
  private isCutOff = false

  constructor(
    readonly url: Secret,
    readonly pool: PostgresPool,
    private readonly changed: () => void,
  ) {
    const { hostname, port } = new URL(url.reveal())
    this.name = `${hostname}:${port || '5432'}`
    this.watch = new ServerWatch(url, () => this.heard())
  }

  get state(): ServerWatch['state'] {
    return this.watch.state
  }

  /** A connection for work. Refused at once after `cutOff`, until the server has answered again. */
  async acquire(deadlineMs: number): Promise<PoolClient> {
    if (this.isCutOff) throw portErrors.DEPENDENCY_UNAVAILABLE({ dependency: 'database' })
    return this.pool.acquire(deadlineMs)
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

  /** Whoever waits for this server gets an error now: the connections in use are ended, and nobody waits for one. */
  cutOff(): void {
    this.isCutOff = true
    this.pool.cutOff()
    for (const session of this.sessions) session.giveUp()
  }

  private heard(): void {
    if (this.state.isUp) this.isCutOff = false
    this.changed()
  }
}
