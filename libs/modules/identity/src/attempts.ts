import { createHash } from 'node:crypto'
import type { Transaction } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

/** So many attempts within any span of so many seconds. */
export interface Limit {
  name: string
  count: number
  withinS: number
}

export const registrationMails: Limit = { name: 'registration-mail', count: 5, withinS: 60 * 60 }
export const resetMails: Limit = { name: 'reset-mail', count: 5, withinS: 60 * 60 }

/** What was written while the database's clock was ahead counts as made now, and ages from here on. Within a minute it is another transaction's now. */
export const madeAtLatestNow = `CASE WHEN made > now() + interval '1 minute' THEN now() ELSE made END`

/** By its row lock all processes count one after the other, by the database's clock. A refused attempt changes nothing: nobody is locked out for longer by trying. */
const count =
  `
  INSERT INTO identity.attempt AS known (key, made_at, expires_at) VALUES ($1, ARRAY[now()], now() + $2 * interval '1 s')
  ON CONFLICT (key) DO UPDATE
  SET made_at = ARRAY(SELECT ` +
  madeAtLatestNow +
  ` FROM unnest(known.made_at) AS made WHERE made > now() - $2 * interval '1 s' ORDER BY made) || now(), expires_at = excluded.expires_at
  WHERE (SELECT count(*) FROM unnest(known.made_at) AS made WHERE made > now() - $2 * interval '1 s') < $3
  RETURNING 1`

/** Counts in Postgres, over all processes, what may be done only so often. */
@Injectable()
export class Attempts {
  /** Whether it is allowed; counted before it is made, so that many at once cannot slip through together. */
  async take(transaction: Transaction, { name, count: most, withinS }: Limit, subject: string): Promise<boolean> {
    const key = createHash('sha256').update(`${name} ${subject}`).digest()
    return (await transaction.query(count, [key, withinS, most])).length > 0
  }
}
