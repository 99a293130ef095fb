import { createHash } from 'node:crypto'
import type { Transaction } from '@kilomega/database'
import { Injectable } from '@nestjs/common'

/** So many attempts within any span of so many seconds. */
export interface Limit {
  name: string
  count: number
  withinS: number
}

/** A guess that turns out right is taken back, so what counts is failures. */
export const guesses: Limit = { name: 'guess', count: 5, withinS: 15 * 60 }
export const registrationMails: Limit = { name: 'registration-mail', count: 5, withinS: 60 * 60 }
export const resetMails: Limit = { name: 'reset-mail', count: 5, withinS: 60 * 60 }

export type Ticket = { allowed: true; takeBack: (transaction: Transaction) => Promise<void> } | { allowed: false; retryAfterS: number }

/** What was written while the database's clock was ahead counts as made now, and ages from here on. Within a minute it is another transaction's now. */
const madeAtLatestNow = `CASE WHEN made > now() + interval '1 minute' THEN now() ELSE made END`

/** By its row lock all processes count one after the other, by the database's clock. A refused attempt changes nothing: nobody is locked out for longer by trying. */
const count =
  `
  INSERT INTO identity.attempt AS known (key, made_at, expires_at) VALUES ($1, ARRAY[now()], now() + $2 * interval '1 s')
  ON CONFLICT (key) DO UPDATE
  SET made_at = ARRAY(SELECT ` +
  madeAtLatestNow +
  ` FROM unnest(known.made_at) AS made WHERE made > now() - $2 * interval '1 s' ORDER BY made) || now(), expires_at = excluded.expires_at
  WHERE (SELECT count(*) FROM unnest(known.made_at) AS made WHERE made > now() - $2 * interval '1 s') < $3
  RETURNING now()::text AS "madeAt"`

const takeBackFuture =
  `
  UPDATE identity.attempt SET expires_at = now() + $2 * interval '1 s', made_at = ARRAY(SELECT ` +
  madeAtLatestNow +
  ` FROM unnest(made_at) AS made ORDER BY made)
  WHERE key = $1 AND now() + interval '1 minute' < ANY (made_at)`

const left = `
  SELECT extract(epoch FROM min(made) - now())::float8 + $2 AS "leftS" FROM identity.attempt, unnest(made_at) AS made
  WHERE key = $1 AND made > now() - $2 * interval '1 s'`

/** Takes out one of what may be several at the same time. */
const uncount = `
  UPDATE identity.attempt
  SET made_at = made_at[:array_position(made_at, $2::timestamptz) - 1] || made_at[array_position(made_at, $2::timestamptz) + 1:]
  WHERE key = $1 AND $2::timestamptz = ANY (made_at)`

/** Counts in Postgres, over all processes, what may be done only so often. */
@Injectable()
export class Attempts {
  /** Counts an attempt before it is made, so that many at once cannot slip through together. */
  async take(transaction: Transaction, { name, count: most, withinS }: Limit, subject: string): Promise<Ticket> {
    const key = createHash('sha256').update(`${name} ${subject}`).digest()
    const [counted] = await transaction.query<{ madeAt: string }>(count, [key, withinS, most])
    if (counted === undefined) return { allowed: false, retryAfterS: await this.retryAfterS(transaction, key, withinS) }
    return {
      allowed: true,
      takeBack: async (later) => {
        await later.query(uncount, [key, counted.madeAt])
      },
    }
  }

  private async retryAfterS(transaction: Transaction, key: Buffer, withinS: number): Promise<number> {
    await transaction.query(takeBackFuture, [key, withinS])
    const [row] = await transaction.query<{ leftS: number }>(left, [key, withinS])
    return Math.max(1, Math.ceil(row!.leftS))
  }
}
