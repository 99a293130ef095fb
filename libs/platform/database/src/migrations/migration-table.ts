import { createHash } from 'node:crypto'
import { type Client, escapeIdentifier } from 'pg'
import type { Migration } from './migration.js'
import { withIdentifiers } from '../with-identifiers.js'

/** The steps that make up a module's schema, in order: the platform's own tables first, then the module's steps. */
export interface SchemaMigrations {
  schema: string
  migrations: readonly Migration[]
}

export interface DoneMigration {
  name: string
  hash: string
}

const createTables = [
  `
  CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY,
    hash text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now()
  )`,
  `
  CREATE TABLE IF NOT EXISTS migration_progress (
    name text PRIMARY KEY,
    hash text NOT NULL,
    last_key text[],
    rows_seen bigint NOT NULL DEFAULT 0,
    rows_changed bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
]

/** The steps that have run on a schema, and how far its backfills are, in two tables of that schema. */
export class MigrationTable {
  constructor(
    private readonly client: Client,
    private readonly schema: string,
  ) {
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(schema)) throw new Error(`${schema} is not a valid schema name`)
  }

  /** Creates the schema and the tables if they are missing. */
  async create(): Promise<void> {
    await this.client.query(withIdentifiers('CREATE SCHEMA IF NOT EXISTS %I', this.schema))
    for (const statement of createTables) await this.withinSchema(statement)
  }

  /** Empty if the schema has never been migrated. */
  async done(): Promise<DoneMigration[]> {
    const { rowCount } = await this.client.query(`SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'migration'`, [this.schema])
    return rowCount === 0 ? [] : this.withinSchema<DoneMigration>('SELECT name, hash FROM migration ORDER BY name')
  }

  async record(migration: Migration): Promise<void> {
    await this.withinSchema('INSERT INTO migration (name, hash) VALUES ($1, $2)', [migration.name, hashOf(migration)])
  }

  /** Runs a statement in which names without a schema mean this one. */
  async withinSchema<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    await this.client.query(`SELECT set_config('search_path', $1, false)`, [escapeIdentifier(this.schema)])
    try {
      return (await this.client.query<Row>(sql, parameters)).rows
    } finally {
      await this.client.query('RESET search_path')
    }
  }
}

/** Detects a step that was edited after it ran. White space is ignored. */
export const hashOf = ({ up }: Migration): string =>
  createHash('sha256')
    .update(up.map((statement) => statement.replace(/\s+/g, ' ').trim()).join(';'))
    .digest('hex')
    .slice(0, 16)
