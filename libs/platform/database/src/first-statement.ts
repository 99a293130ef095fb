import { Query, type QueryResultRow } from 'pg'

/** What `Query` of pg 8.23 does beside its types. */
interface Wire {
  parse(statement: { text: string; name: string }): void
  bind(values: { values: unknown[] }): void
  execute(portal: { portal: string }): void
  parsedStatements: Record<string, string>
}

interface Inner {
  name?: string
  hasBeenParsed(wire: Wire): boolean
  prepare(wire: Wire): void
  handleCommandComplete(message: unknown, wire: Wire): void
  handleError(error: unknown, wire: Wire): void
}

const inner = Query.prototype as unknown as Inner

/**
 * A named statement with others ahead of it in the same message, which saves the round trip of a BEGIN. There is no end of a message between them: when one of them
 * fails, the server skips all that follow, so the statement never happens outside of its transaction.
 */
export class FirstStatement<Row extends QueryResultRow> extends Query<Row> {
  private toComplete: number
  private isNew = false

  constructor(
    text: string,
    values: unknown[] | undefined,
    answered: ConstructorParameters<typeof Query<Row>>[2],
    private readonly ahead: readonly string[],
  ) {
    super(text, values, answered)
    this.toComplete = ahead.length
  }

  prepare(wire: Wire): void {
    this.isNew = !inner.hasBeenParsed.call(this, wire)
    for (const text of this.ahead) {
      wire.parse({ text, name: '' })
      wire.bind({ values: [] })
      wire.execute({ portal: '' })
    }
    inner.prepare.call(this, wire)
  }

  handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.toComplete === 0) return inner.handleCommandComplete.call(this, message, wire)
    this.toComplete -= 1
  }

  /** pg takes the first text that was parsed for ours. */
  handleError(error: unknown, wire: Wire): void {
    const { name } = this as unknown as Inner
    if (this.isNew && name !== undefined) delete wire.parsedStatements[name]
    inner.handleError.call(this, error, wire)
  }
}
