import type { Database } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

const now = `SELECT (extract(epoch FROM now()) * 1000)::float8 AS "nowMs"`

/** The clock by which rows grow old: that of the database, which all processes share. One of theirs that is weeks ahead for a minute would forget everything. */
@Injectable()
export class DatabaseTime {
  async nowMs(database: Database): Promise<number> {
    const [row] = await database.read((queryable) => queryable.query<{ nowMs: number }>(now))
    return row!.nowMs
  }
}
