import { type Database, isCheckViolation, isLockTimeout } from '@kilomega/database'
import { DatabaseTime } from './database-time.js'
import { leastId } from './ledger-ids.js'
import { inSchema } from './schema-sql.js'

const dayMs = 86_400_000
/** Days that are made ahead: so long nobody may look before their rows go to the partition of all the rest. */
const ahead = 3
/** Rows that a day may leave behind when it is dropped: so many move in 100 ms, for which nobody may write. A day that has more stays as it is. */
const mostLeftOver = 5_000

export type LedgerTable = 'outbox' | 'inbox'

/** Of several processes one does it, on a connection of its own while the steps are transactions of others. */
const alone = `SELECT pg_try_advisory_xact_lock(hashtext('{schema} ledger days')) AS "isAlone"`

/** Nobody who writes to the ledger waits longer for a step, and nothing is lost when it is put off. */
const patience = `SELECT set_config('lock_timeout', '500ms', true)`

const existing = `
  SELECT child.relname AS name FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
  WHERE inhparent = '{schema}.{table}'::regclass ORDER BY 1`

/**
 * The rest says first that it has no row of that day, which is looked up while others write; then to attach the day need not look, and takes some milliseconds at any
 * size. Without it nobody could write for 1.9 s while a million rows of the rest were read.
 */
const promise = `ALTER TABLE {schema}.{table}_rest ADD CONSTRAINT {day} CHECK ({id} < '{from}' OR {id} >= '{to}') NOT VALID`
const keepPromise = `ALTER TABLE {schema}.{table}_rest VALIDATE CONSTRAINT {day}`
const forgetPromise = `ALTER TABLE {schema}.{table}_rest DROP CONSTRAINT IF EXISTS {day}`
/** Made first and attached then: to attach does not wait for those who write to other days. */
const make = `CREATE TABLE {schema}.{day} (LIKE {schema}.{table} INCLUDING DEFAULTS INCLUDING INDEXES)`
const attach = `ALTER TABLE {schema}.{table} ATTACH PARTITION {schema}.{day} FOR VALUES FROM ('{from}') TO ('{to}')`
const detach = `ALTER TABLE {schema}.{table} DETACH PARTITION {schema}.{day}`
const drop = `DROP TABLE {schema}.{day}`

/** What is not delivered yet, or nobody has decided on; found by the index of each subscriber. */
const leftOver = `
  SELECT event_id FROM {schema}.subscriber CROSS JOIN LATERAL (
    (SELECT event_id FROM {schema}.delivery WHERE subscriber = subscriber.name AND event_id >= '{from}' AND event_id < '{to}' LIMIT {most})
    UNION ALL
    (SELECT event_id FROM {schema}.dead_letter WHERE subscriber = subscriber.name AND event_id >= '{from}' AND event_id < '{to}' LIMIT {most})
  ) AS left_over`
const countLeftOver = `SELECT count(*)::int AS count FROM (` + leftOver + `) AS all_left_over`
const keepLeftOver = `INSERT INTO {schema}.outbox SELECT * FROM {schema}.{day} WHERE id IN (` + leftOver + `)`

/**
 * A module's outbox and inbox by day, so that a day is forgotten by dropping a table and not row by row. Rows belong to the day in their id, which begins with the time;
 * which day it is says the database. What belongs to no day that there is (told before the first one was made, by a clock that is wrong, or still not delivered when its
 * day was dropped) is in `…_rest`.
 */
export class LedgerDays {
  constructor(
    private readonly database: Database,
    private readonly time: DatabaseTime,
  ) {}

  /** Makes the days to come that are missing. One that has rows in the rest already stays there. */
  async open(table: LedgerTable): Promise<void> {
    const today = startOfDay(await this.time.nowMs(this.database))
    await this.alone(async () => {
      const days = await this.days(table)
      for (let start = today + dayMs; start <= today + ahead * dayMs; start += dayMs)
        if (!days.includes(nameOf(table, start))) await this.openDay(table, start)
    })
  }

  /** Drops days that ended longer ago than that, the oldest first, at most so many; names of days that stay although they are old enough. */
  async close(table: LedgerTable, keepDays: number, atMost: number): Promise<string[]> {
    const before = (await this.time.nowMs(this.database)) - keepDays * dayMs
    const isOld = (name: string): boolean => startOf(name) + dayMs <= before
    await this.alone(async () => {
      const old = (await this.days(table)).filter(isOld)
      for (const name of old.slice(0, atMost)) await this.closeDay(table, name)
    })
    return (await this.days(table)).filter(isOld)
  }

  /** Names of the days that there are, the oldest first. */
  async days(table: LedgerTable): Promise<string[]> {
    const names = await this.read<{ name: string }>(existing, { table })
    return names.map(({ name }) => name).filter((name) => /_\d{8}$/.test(name))
  }

  private async openDay(table: LedgerTable, startMs: number): Promise<void> {
    const names = namesOf(table, startMs)
    if (!(await this.step([forgetPromise, promise], names))) return
    try {
      await this.step([keepPromise], names)
      await this.step([make, attach], names)
    } catch (error) {
      if (!isCheckViolation(error)) throw error
    } finally {
      await this.step([forgetPromise], names)
    }
  }

  private async closeDay(table: LedgerTable, day: string): Promise<void> {
    const names = namesOf(table, startOf(day))
    if (table === 'inbox') return void (await this.step([detach, drop], names))
    const [{ count }] = (await this.read<{ count: number }>(countLeftOver, names)) as [{ count: number }]
    // First the whole, then the rest: in the other order those who write and this would wait for each other.
    if (count <= mostLeftOver) await this.step([detach, forgetPromise, keepLeftOver, drop], { ...names, most: 'ALL' })
  }

  /** Nothing where another process is at it. */
  private async alone(work: () => Promise<void>): Promise<void> {
    await this.database.write(async (transaction) => {
      const [found] = await transaction.query<{ isAlone: boolean }>(this.sql(alone, {}))
      if (found!.isAlone) await work()
    })
  }

  /** One transaction; false where somebody holds the table for too long: then it is tried in an hour. */
  private async step(statements: readonly string[], names: Names): Promise<boolean> {
    const work = this.database.write(async (transaction) => {
      for (const statement of [patience, ...statements]) await transaction.query(this.sql(statement, names))
      return true
    })
    return work.catch((error: unknown) => {
      if (isLockTimeout(error)) return false
      throw error
    })
  }

  private read<Row extends object>(statement: string, names: Names): Promise<Row[]> {
    return this.database.read((queryable) => queryable.query<Row>(this.sql(statement, names)))
  }

  /** Names and bounds are made here from numbers: a statement that changes tables takes no parameters. */
  private sql(statement: string, names: Names): string {
    const named = Object.entries(names).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), statement)
    return inSchema(named, this.database.schema)
  }
}

type Names = Record<string, string>

const startOfDay = (ms: number): number => ms - (ms % dayMs)
const nameOf = (table: LedgerTable, startMs: number): string => `${table}_${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}`

const namesOf = (table: LedgerTable, startMs: number): Names => ({
  table,
  day: nameOf(table, startMs),
  id: table === 'outbox' ? 'id' : 'event_id',
  from: leastId(startMs),
  to: leastId(startMs + dayMs),
  most: String(mostLeftOver + 1),
})

function startOf(name: string): number {
  const [, year, month, day] = /(\d{4})(\d{2})(\d{2})$/.exec(name)!.map(Number)
  return Date.UTC(year!, month! - 1, day!)
}
