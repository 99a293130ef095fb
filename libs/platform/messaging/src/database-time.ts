import type { Database } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

const now = `SELECT (extract(epoch FROM now()) * 1000)::float8 AS "nowMs"`

/** The clock that decides how old rows are. It is the database's, which all processes share: a process clock that is weeks ahead for a minute would delete everything. */
@Injectable()
export class DatabaseTime {
  async nowMs(database: Database): Promise<number> {
    const [row] = await database.read((queryable) => queryable.query<{ nowMs: number }>(now))
    return row!.nowMs
  }
}
