import { createHash } from 'node:crypto'
import type { Transaction } from '@kilomega/database'
import { Clock } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { after } from './lifetimes.js'

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

/** By its row lock all processes count one after the other. A refused attempt changes nothing: nobody is locked out for longer by trying. */
const count = `
  INSERT INTO identity.attempt AS known (key, made_at, expires_at) VALUES ($1, ARRAY[$2::timestamptz], $3)
  ON CONFLICT (key) DO UPDATE
  SET made_at = ARRAY(SELECT made FROM unnest(known.made_at) AS made WHERE made > $4 ORDER BY made) || $2::timestamptz, expires_at = $3
  WHERE (SELECT count(*) FROM unnest(known.made_at) AS made WHERE made > $4) < $5
  RETURNING key`

const oldest = 'SELECT min(made) AS "madeAt" FROM identity.attempt, unnest(made_at) AS made WHERE key = $1 AND made > $2'

/** Takes out one of what may be several at the same millisecond. */
const uncount = `
  UPDATE identity.attempt
  SET made_at = made_at[:array_position(made_at, $2::timestamptz) - 1] || made_at[array_position(made_at, $2::timestamptz) + 1:]
  WHERE key = $1 AND $2::timestamptz = ANY (made_at)`

/** Counts in Postgres, over all processes, what may be done only so often. */
@Injectable()
export class Attempts {
  constructor(private readonly clock: Clock) {}

  /** Counts an attempt before it is made, so that many at once cannot slip through together. */
  async take(transaction: Transaction, limit: Limit, subject: string): Promise<Ticket> {
    const now = this.clock.now()
    const since = after(now, -limit.withinS)
    const key = createHash('sha256').update(`${limit.name} ${subject}`).digest()
    const counted = await transaction.query(count, [key, now, after(now, limit.withinS), since, limit.count])
    if (counted.length === 0) return { allowed: false, retryAfterS: await this.retryAfterS(transaction, key, since) }
    return {
      allowed: true,
      takeBack: async (later) => {
        await later.query(uncount, [key, now])
      },
    }
  }

  private async retryAfterS(transaction: Transaction, key: Buffer, since: Date): Promise<number> {
    const [row] = await transaction.query<{ madeAt: string }>(oldest, [key, since])
    return Math.max(1, Math.ceil((Date.parse(row!.madeAt) - since.getTime()) / 1_000))
  }
}
