import { Query, type QueryResultRow } from 'pg'
import type { PreparedText } from './send-statement.js'

/** What goes out in one message with a statement, and happens before and after it. Plain texts: no rows, no parameters. */
export interface Enclosing {
  ahead: readonly string[]
  behind: readonly string[]
}

/** What `Query` of pg 8.23 does beside its types. */
interface Wire {
  parse(statement: { text: string; name: string }): void
  bind(values: { values: unknown[] }): void
  execute(portal: { portal: string }): void
  sync(): void
  submittedNamedStatements: Record<string, string>
}

interface Inner {
  name: string | undefined
  prepare(wire: Wire): void
  handleCommandComplete(message: unknown, wire: Wire): void
  handleError(error: unknown, wire: Wire): void
}

const inner = Query.prototype as unknown as Inner

/**
 * A named statement with others around it in the same message, which saves the round trips of a BEGIN and a COMMIT. There is no end of a message between them: when
 * one of them fails, the server skips all that follow, so that the statement never happens outside of its transaction, and nothing is committed without it.
 */
export class EnclosedStatement<Row extends QueryResultRow> extends Query<Row> {
  /** pg takes what the server parses, while the statement has its name, for the statement. */
  declare private name: string | undefined
  private readonly ownName: string
  private ahead: number

  constructor(
    { text, values, name }: PreparedText & { name: string },
    private readonly enclosing: Enclosing,
    answered: ConstructorParameters<typeof Query<Row>>[2],
  ) {
    super(text, values, answered)
    this.name = this.ownName = name
    this.ahead = enclosing.ahead.length
  }

  prepare(wire: Wire): void {
    send(wire, this.enclosing.ahead)
    inner.prepare.call(this, wire)
    if (this.ahead > 0) this.name = undefined
  }

  /** Called by pg to have it executed. */
  _getRows(wire: Wire): void {
    wire.execute({ portal: '' })
    send(wire, this.enclosing.behind)
    wire.sync()
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    this.ahead -= 1
    if (this.ahead === 0) this.name = this.ownName
    if (this.ahead === -1) inner.handleCommandComplete.call(this, message, wire)
  }

  handleError(error: unknown, wire: Wire): void {
    delete wire.submittedNamedStatements[this.ownName]
    inner.handleError.call(this, error, wire)
  }
}

function send(wire: Wire, texts: readonly string[]): void {
  for (const text of texts) {
    wire.parse({ text, name: '' })
    wire.bind({ values: [] })
    wire.execute({ portal: '' })
  }
}
