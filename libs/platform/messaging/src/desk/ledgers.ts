import { type Database, Databases } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

const schemas = `SELECT schemaname AS schema FROM pg_tables WHERE tablename = 'delivery' ORDER BY schemaname`

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
