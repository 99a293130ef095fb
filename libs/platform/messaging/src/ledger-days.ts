import { type Database, isCheckViolation, isLockTimeout } from '@kilomega/database'
import { inSchema } from './schema-sql.js'

const dayMs = 86_400_000
/** Days that are made ahead: so long nobody may look before their rows go to the partition of all the rest. */
const ahead = 3

export type LedgerTable = 'outbox' | 'inbox'

/** Nobody who writes to the ledger waits longer for this, and nothing is lost when it is put off. Of several processes one does it. */
const alone = `
  SELECT set_config('lock_timeout', '500ms', true), pg_try_advisory_xact_lock(hashtext('{schema} ledger days')) AS "isAlone",
    to_regclass('{schema}.{day}') IS NOT NULL AS exists`

const existing = `
  SELECT child.relname AS name FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
  WHERE inhparent = '{schema}.{table}'::regclass ORDER BY 1`

/** Made first and attached then: to attach does not wait for those who write to other days. */
const make = `CREATE TABLE {schema}.{day} (LIKE {schema}.{table} INCLUDING DEFAULTS INCLUDING INDEXES)`
const attach = `ALTER TABLE {schema}.{table} ATTACH PARTITION {schema}.{day} FOR VALUES FROM ('{from}') TO ('{to}')`
const detach = `ALTER TABLE {schema}.{table} DETACH PARTITION {schema}.{day}`
const drop = `DROP TABLE {schema}.{day}`

/** What somebody is still owed, or nobody has decided on, moves to the partition of all the rest. */
const keepOwed = `
  INSERT INTO {schema}.outbox SELECT * FROM {schema}.{day} AS told
  WHERE EXISTS (SELECT FROM {schema}.delivery WHERE event_id = told.id) OR EXISTS (SELECT FROM {schema}.dead_letter WHERE event_id = told.id)`

/**
 * A module's outbox and inbox by day, so that a day is forgotten by dropping a table and not row by row. Rows belong to the day in their id, which begins with the time.
 * What belongs to no day that there is (told before the first one was made, by a clock that is wrong, or still owed when its day was dropped) is in `…_rest`.
 */
export class LedgerDays {
  constructor(
    private readonly database: Database,
    private readonly nowMs: () => number,
  ) {}

  /** Makes the days to come that are missing. One that has rows in the rest already stays there. */
  async open(table: LedgerTable): Promise<void> {
    const today = startOfDay(this.nowMs())
    for (let day = 1; day <= ahead; day += 1) await this.openDay(table, today + day * dayMs)
  }

  /** Drops the days that ended longer ago than that. */
  async close(table: LedgerTable, keepDays: number): Promise<void> {
    const before = this.nowMs() - keepDays * dayMs
    for (const name of await this.days(table)) if (startOf(name) + dayMs <= before) await this.closeDay(table, name)
  }

  /** Names of the days that there are, the oldest first. */
  async days(table: LedgerTable): Promise<string[]> {
    const names = await this.database.read((queryable) => queryable.query<{ name: string }>(this.sql(existing, { table })))
    return names.map(({ name }) => name).filter((name) => /_\d{8}$/.test(name))
  }

  private async openDay(table: LedgerTable, startMs: number): Promise<void> {
    const day = nameOf(table, startMs)
    if ((await this.days(table)).includes(day)) return
    const range = { from: leastId(startMs), to: leastId(startMs + dayMs) }
    await this.change([make, attach], { table, day, ...range }, false).catch((error: unknown) => {
      if (!isCheckViolation(error)) throw error
    })
  }

  private closeDay(table: LedgerTable, day: string): Promise<void> {
    return this.change(table === 'outbox' ? [detach, keepOwed, drop] : [detach, drop], { table, day }, true)
  }

  /** All or nothing; nothing where another process is at it or was, or somebody holds the table for too long: then it is tried in an hour. */
  private async change(statements: readonly string[], names: { day: string } & Record<string, string>, exists: boolean): Promise<void> {
    await this.database
      .write(async (transaction) => {
        const [found] = await transaction.query<{ isAlone: boolean; exists: boolean }>(this.sql(alone, names))
        if (found!.isAlone && found!.exists === exists) for (const statement of statements) await transaction.query(this.sql(statement, names))
      })
      .catch((error: unknown) => {
        if (!isLockTimeout(error)) throw error
      })
  }

  /** Names and bounds are made here from numbers: a statement that changes tables takes no parameters. */
  private sql(statement: string, names: Record<string, string> = {}): string {
    const named = Object.entries(names).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), statement)
    return inSchema(named, this.database.schema)
  }
}

const startOfDay = (ms: number): number => ms - (ms % dayMs)
const nameOf = (table: LedgerTable, startMs: number): string => `${table}_${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}`

function startOf(name: string): number {
  const [, year, month, day] = /(\d{4})(\d{2})(\d{2})$/.exec(name)!.map(Number)
  return Date.UTC(year!, month! - 1, day!)
}

/** The least version 7 UUID of a time: they begin with the milliseconds since 1970. */
function leastId(ms: number): string {
  const digits = ms.toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`
}
