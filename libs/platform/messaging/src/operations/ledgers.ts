import { type Database, Databases } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

/**
 * The schemas that our migrations have created. They have a `delivery` table next to the table in which migrations are recorded, which is recognised by its columns:
 * other software may have a table of either name in the same database.
 */
const schemas = `
  SELECT delivery.schemaname AS schema
  FROM pg_tables AS delivery JOIN pg_namespace ON nspname = delivery.schemaname
  JOIN pg_class AS migration ON relnamespace = pg_namespace.oid AND relname = 'migration'
  WHERE delivery.tablename = 'delivery'
    AND (SELECT count(*) FROM pg_attribute WHERE attrelid = migration.oid AND attname IN ('name', 'hash', 'done_at')) = 3
  ORDER BY schema`

/** Every ledger in the database, including those of modules that run in other processes. */
@Injectable()
export class Ledgers {
  constructor(private readonly databases: Databases) {}

  async all(): Promise<Database[]> {
    const rows = await this.databases.of('platform').read((queryable) => queryable.query<{ schema: string }>(schemas))
    return rows.map(({ schema }) => this.databases.of(schema))
  }

  /** Ledgers that are known to be there. */
  named(schemas: readonly string[]): Database[] {
    return schemas.map((schema) => this.databases.of(schema))
  }

  /** The ledger of one module, or all ledgers. */
  async of(schema: string | undefined): Promise<Database[]> {
    const all = await this.all()
    return schema === undefined ? all : all.filter((database) => database.schema === schema)
  }
}
