import { type Database, isCheckViolation, isLockTimeout } from '@kilomega/database'
import { DatabaseTime } from './database-time.js'
import { leastId } from './ledger-ids.js'
import { inSchema } from './schema-sql.js'

const dayMs = 86_400_000
/** Days that are created ahead. If no process does it for this long, rows go to the default partition. */
const ahead = 3
/** The most rows that are moved out of a day when it is dropped. Moving this many takes 100 ms, during which writes are blocked. A day that has more stays as it is. */
const mostLeftOver = 5_000

export type LedgerTable = 'outbox' | 'inbox'

/** Lets only one of several processes do it. The lock is held on one connection, while the steps are transactions on others. */
const lock = `SELECT pg_try_advisory_xact_lock(hashtext('{schema} ledger days')) AS "isLocked"`

/** Writes to the ledger wait no longer than this for a step. It is safe to skip a step. */
const setLockTimeout = `SELECT set_config('lock_timeout', '500ms', true)`

const existing = `
  SELECT child.relname AS name FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid
  WHERE inhparent = '{schema}.{table}'::regclass ORDER BY 1`

/**
 * A constraint on the default partition first says that it has no row of that day. It is validated while others write, so attaching the day needs no scan and takes a few
 * milliseconds at any size. Without it, writes would be blocked for 1.9 s while a million rows of the default partition were read.
 */
const addConstraint = `ALTER TABLE {schema}.{table}_rest ADD CONSTRAINT {day} CHECK ({id} < '{from}' OR {id} >= '{to}') NOT VALID`
const validateConstraint = `ALTER TABLE {schema}.{table}_rest VALIDATE CONSTRAINT {day}`
const dropConstraint = `ALTER TABLE {schema}.{table}_rest DROP CONSTRAINT IF EXISTS {day}`
/** Created first and attached afterwards: attaching does not wait for writes to other days. */
const createDay = `CREATE TABLE {schema}.{day} (LIKE {schema}.{table} INCLUDING DEFAULTS INCLUDING INDEXES)`
const attach = `ALTER TABLE {schema}.{table} ATTACH PARTITION {schema}.{day} FOR VALUES FROM ('{from}') TO ('{to}')`
const detach = `ALTER TABLE {schema}.{table} DETACH PARTITION {schema}.{day}`
const drop = `DROP TABLE {schema}.{day}`

/** Events that are not delivered yet, and dead letters that are undecided; found by the index of each subscriber. */
const leftOver = `
  SELECT event_id FROM {schema}.subscriber CROSS JOIN LATERAL (
    (SELECT event_id FROM {schema}.delivery WHERE subscriber = subscriber.name AND event_id >= '{from}' AND event_id < '{to}' LIMIT {most})
    UNION ALL
    (SELECT event_id FROM {schema}.dead_letter WHERE subscriber = subscriber.name AND event_id >= '{from}' AND event_id < '{to}' LIMIT {most})
  ) AS left_over`
const countLeftOver = `SELECT count(*)::int AS count FROM (` + leftOver + `) AS all_left_over`
const keepLeftOver = `INSERT INTO {schema}.outbox SELECT * FROM {schema}.{day} WHERE id IN (` + leftOver + `)`

/**
 * A module's outbox and inbox, partitioned by day, so that a day is deleted by dropping a table and not row by row. A row belongs to the day in its id, which starts with
 * the time. The database decides which day it is now. Rows that belong to no existing day are in `…_rest`: those written before the first day was created, those whose id
 * comes from a wrong clock, and those that were still not delivered when their day was dropped.
 */
export class LedgerDays {
  constructor(
    private readonly database: Database,
    private readonly time: DatabaseTime,
  ) {}

  /** Creates the missing days ahead. A day that already has rows in `…_rest` is not created: its rows stay there. */
  async open(table: LedgerTable): Promise<void> {
    const today = startOfDay(await this.time.nowMs(this.database))
    await this.locked(async () => {
      const days = await this.days(table)
      for (let start = today + dayMs; start <= today + ahead * dayMs; start += dayMs)
        if (!days.includes(nameOf(table, start))) await this.openDay(table, start)
    })
  }

  /** Drops days that ended more than `keepDays` days ago, the oldest first, `atMost` of them. Returns the names of the days that remain although they are old enough. */
  async close(table: LedgerTable, keepDays: number, atMost: number): Promise<string[]> {
    const before = (await this.time.nowMs(this.database)) - keepDays * dayMs
    const isOld = (name: string): boolean => startOf(name) + dayMs <= before
    await this.locked(async () => {
      const old = (await this.days(table)).filter(isOld)
      for (const name of old.slice(0, atMost)) await this.closeDay(table, name)
    })
    return (await this.days(table)).filter(isOld)
  }

  /** Names of the existing days, the oldest first. */
  async days(table: LedgerTable): Promise<string[]> {
    const names = await this.read<{ name: string }>(existing, { table })
    return names.map(({ name }) => name).filter((name) => /_\d{8}$/.test(name))
  }

  private async openDay(table: LedgerTable, startMs: number): Promise<void> {
    const names = namesOf(table, startMs)
    if (!(await this.step([dropConstraint, addConstraint], names))) return
    try {
      await this.step([validateConstraint], names)
      await this.step([createDay, attach], names)
    } catch (error) {
      if (!isCheckViolation(error)) throw error
    } finally {
      await this.step([dropConstraint], names)
    }
  }

  private async closeDay(table: LedgerTable, day: string): Promise<void> {
    const names = namesOf(table, startOf(day))
    if (table === 'inbox') return void (await this.step([detach, drop], names))
    const [{ count }] = (await this.read<{ count: number }>(countLeftOver, names)) as [{ count: number }]
    // First the parent table, then the default partition: in the other order this step and writers would deadlock.
    if (count <= mostLeftOver) await this.step([detach, dropConstraint, keepLeftOver, drop], { ...names, most: 'ALL' })
  }

  /** Does nothing if another process holds the lock. */
  private async locked(work: () => Promise<void>): Promise<void> {
    await this.database.write(async (transaction) => {
      const [row] = await transaction.query<{ isLocked: boolean }>(this.sql(lock, {}))
      if (row!.isLocked) await work()
    })
  }

  /** Runs the statements in one transaction. Returns false if the table is locked for too long: the step is then tried again in an hour. */
  private async step(statements: readonly string[], names: Names): Promise<boolean> {
    const work = this.database.write(async (transaction) => {
      for (const statement of [setLockTimeout, ...statements]) await transaction.query(this.sql(statement, names))
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

  /** Names and bounds are filled in here, made from numbers only: a statement that changes tables takes no parameters. */
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
