import { type Database, Databases } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

/**
 * Those that our migrations have made: a `delivery` beside the table in which they record their steps, known by its columns. Others may have a table of
 * either name in the same database.
 */
const schemas = `
  SELECT delivery.schemaname AS schema
  FROM pg_tables AS delivery JOIN pg_namespace ON nspname = delivery.schemaname
  JOIN pg_class AS migration ON relnamespace = pg_namespace.oid AND relname = 'migration'
  WHERE delivery.tablename = 'delivery'
    AND (SELECT count(*) FROM pg_attribute WHERE attrelid = migration.oid AND attname IN ('name', 'hash', 'done_at')) = 3
  ORDER BY schema`

/** Every ledger in the database, also of modules that are in other processes. */
@Injectable()
export class Ledgers {
  constructor(private readonly databases: Databases) {}

  async all(): Promise<Database[]> {
    const rows = await this.databases.of('platform').read((queryable) => queryable.query<{ schema: string }>(schemas))
    return rows.map(({ schema }) => this.databases.of(schema))
  }

  /** Those of one module, or all. */
  async of(schema: string | undefined): Promise<Database[]> {
    const all = await this.all()
    return schema === undefined ? all : all.filter((database) => database.schema === schema)
  }
}
