import { type SentStatement, watchStatements } from '@kilomega/database'

/** A statement, the module that sent it, and what it was sent for. */
export interface LoggedStatement extends SentStatement {
  schema: string
  requestId: string
  /** `GET /v1/posts/:id`, `job …`, `event …`; undefined for loops of the platform. */
  origin: string | undefined
  /** `<port>.<operation>`, if a port was called for it. */
  operation: string | undefined
}

/** Records the statements of this process. */
export class StatementLog {
  readonly statements: LoggedStatement[] = []
  private readonly stop: () => void

  constructor() {
    this.stop = watchStatements(({ sql, parameters = [], schema }, { origin, trace, command }) =>
      this.statements.push({ sql, parameters, schema, requestId: trace.requestId, origin: origin?.name, operation: command?.name }),
    )
  }

  /** Those of one request: what jobs and subscribers do for it later has another origin. */
  of(requestId: string, route: string): LoggedStatement[] {
    return this.statements.filter((one) => one.requestId === requestId && one.origin === route)
  }

  close(): void {
    this.stop()
  }
}
