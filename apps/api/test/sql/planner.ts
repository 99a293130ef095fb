import { eventually, openDatabase } from '@kilomega/testing'
import { Client } from 'pg'
import type { Example } from './collected-statements.js'
import { type PlanNode, planLines } from './plan-lines.js'
import { ledgerSeeds } from './seeds/seed-ledgers.js'
import { moduleSeeds } from './seeds/seed-modules.js'
import { startOnce } from './start-once.js'

/** Pinned, so that a plan is the same on every machine. */
const settings: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  default_statistics_target: '100',
  seq_page_cost: '1',
  random_page_cost: '1.1',
  cpu_tuple_cost: '0.01',
  cpu_index_tuple_cost: '0.005',
  cpu_operator_cost: '0.0025',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  hash_mem_multiplier: '2',
  cursor_tuple_fraction: '0.1',
}
const set = 'SELECT set_config($1, $2, false)'

const unseen = `
  SELECT count(*)::int AS count FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = ANY($1) AND relkind = 'r' AND relallvisible < relpages`

/** Index-only scans cost less where VACUUM has seen that all rows are visible, which waits for transactions of others, such as autovacuum's. */
async function isVacuumed(client: Client, schemas: readonly string[]): Promise<boolean> {
  await client.query('VACUUM (ANALYZE)')
  const { rows } = await client.query<{ count: number }>(unseen, [schemas])
  return rows[0]!.count === 0
}

/** A database with all tables, filled so that the planner chooses indexes, and with statistics. */
export class Planner {
  private constructor(
    private readonly client: Client,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(modules: readonly string[]): Promise<Planner> {
    const database = await openDatabase({})
    await startOnce(database.url)
    const client = new Client({ connectionString: database.url })
    await client.connect()
    for (const [name, value] of Object.entries(settings)) await client.query(set, [name, value])
    for (const statement of [...moduleSeeds, ...ledgerSeeds(modules)]) await client.query(statement)
    await eventually(() => isVacuumed(client, modules), 20_000)
    return new Planner(client, () => database.close())
  }

  /** The plan for the parameters of the example. Nothing is run. */
  async planOf({ sql, parameters }: Example): Promise<string[]> {
    const text = 'EXPLAIN (FORMAT JSON) ' + sql
    const { rows } = await this.client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(text, [...parameters])
    return planLines(rows[0]!['QUERY PLAN'][0].Plan)
  }

  async close(): Promise<void> {
    await this.client.end()
    await this.drop()
  }
}
