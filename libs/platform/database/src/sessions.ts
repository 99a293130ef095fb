import { AppError, currentCall } from '@kilomega/ports'
import { codeOf } from './database-errors.js'
import type { Server } from './servers/server.js'
import type { Servers } from './servers/servers.js'
import { Session } from './session.js'
import type { Statements } from './statements.js'

export interface SessionsParts {
  servers: Servers
  statements: Statements
  statementTimeoutMs: number
}

type Work<T> = (session: Session) => Promise<T>

/** The share of the connections that a read takes part in. */
export type ReadShare = 'read' | 'report'

/** Opens a session for each piece of work: on the primary, or where the current call may read. It ends with the work. */
export class Sessions {
  constructor(private readonly parts: SessionsParts) {}

  /** Whether the current call must learn how fresh a replica has to be from now on. */
  get reportsFreshness(): boolean {
    return this.parts.servers.hasReplicas
  }

  write<T>(schema: string, work: Work<T>): Promise<T> {
    const { primary } = this.parts.servers
    return primary.pool.shares.write(schema, () => this.on(primary, work))
  }

  read<T>(work: Work<T>, share: ReadShare = 'read'): Promise<T> {
    const { servers } = this.parts
    return servers.hasReplicas ? this.readAnywhere(servers, work, share) : this.readOn(servers.primary, work, share)
  }

  readOnPrimary<T>(work: Work<T>, share: ReadShare = 'read'): Promise<T> {
    return this.readOn(this.parts.servers.primary, work, share)
  }

  /** If the replica fails, the work is done again on the primary: a read may be repeated. */
  private async readAnywhere<T>(servers: Servers, work: Work<T>, share: ReadShare): Promise<T> {
    const server = await servers.forReading(currentCall())
    try {
      return await this.readOn(server, work, share)
    } catch (error) {
      if (!isReplicaFault(error) || server === servers.primary) throw error
      return this.readOnPrimary(work, share)
    }
  }

  private readOn<T>(server: Server, work: Work<T>, share: ReadShare): Promise<T> {
    return server.pool.shares[share](() => this.on(server, work))
  }

  private async on<T>(server: Server, work: Work<T>): Promise<T> {
    const { deadlineMs } = currentCall()
    const { statements, statementTimeoutMs } = this.parts
    const client = await server.acquire(deadlineMs)
    const { reportsFreshness } = this
    const options = { deadlineMs, statementTimeoutMs, reportsFreshness, namesStatements: server.pool.namesStatements }
    return server.during(new Session(client, statements, options), work)
  }
}

/** 'canceling statement due to conflict with recovery': the replica had to replay a change to rows that it was reading. */
const recoveryConflict = '40001'

/** Whether another server may well answer: this one is gone, full, or busy replaying. */
export const isReplicaFault = (error: unknown): boolean =>
  (error instanceof AppError && error.kind === 'unavailable') || codeOf(error) === recoveryConflict
