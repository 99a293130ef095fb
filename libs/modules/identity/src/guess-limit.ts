import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { identityErrors } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { CurrentCall, currentCall, portErrors, runCall, system } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { Between } from 'typeorm'
import { madeAtLatestNow } from './attempts.js'
import { Attempt } from './tables/attempt.entity.js'
import { Turnstile } from './turnstile.js'

/** So many wrong passwords within so many seconds. */
const mostWrong = 5
const withinS = 15 * 60
/** After so many seconds a guess is over that nobody has settled: its process died. Longer than a log-in and its settling may take. */
export const inFlightS = 6
/** Guesses of one subject that wait in one process; more are refused as unavailable. */
const waitingHere = 100
/** Between two looks whether a guess in another process is over, milliseconds, each a part of it more. */
const lookAgainMs = 40
const settleTimeoutMs = 2_000

/** Who guesses at what: wrong passwords are counted for each subject, and forgotten for all of an account. */
export interface GuessAt {
  account: string
  subject: string
}

const live = `
  ARRAY(SELECT begun FROM unnest(known.begun_at) AS begun WHERE begun BETWEEN now() - $4 * interval '1 s' AND now() + interval '1 minute')`

/**
 * By its row lock all processes count one after the other, by the database's clock. As many may be compared at once as could still be wrong. A guess
 * that finds no place changes nothing: nobody is locked out for longer by trying. One statement takes 0.40 ms where row, lock and change are three of a
 * repository, 0.67 ms (median of 1,000 on the loopback); none of the four below can be said of lists in a column by TypeORM.
 */
const begin =
  `
  INSERT INTO identity.attempt AS known (key, made_at, begun_at, expires_at) VALUES ($1, '{}', ARRAY[now()], now() + $2 * interval '1 s')
  ON CONFLICT (key) DO UPDATE SET begun_at = ` +
  live +
  ` || now(), expires_at = excluded.expires_at
  WHERE cardinality(` +
  live +
  `) + (SELECT count(*) FROM unnest(known.made_at) AS made WHERE made > now() - $2 * interval '1 s') < $3
  RETURNING now()::text AS "begunAt"`

const takeBackFuture =
  `
  UPDATE identity.attempt SET expires_at = now() + $2 * interval '1 s', made_at = ARRAY(SELECT ` +
  madeAtLatestNow +
  ` FROM unnest(made_at) AS made ORDER BY 1)
  WHERE key = $1 AND now() + interval '1 minute' < ANY (made_at)`

/** The oldest of the newest five has to be over before the next is let through. */
const left = `
  SELECT extract(epoch FROM min(made) - now())::float8 + $2 AS "leftS", count(*)::int AS wrong FROM (
    SELECT made FROM identity.attempt, unnest(made_at) AS made WHERE key = $1 AND made > now() - $2 * interval '1 s' ORDER BY made DESC LIMIT $3
  ) AS newest`

/** Takes out one of what may be several of the same time. A row that is gone was forgotten: then there is nothing to settle. */
const settle = `
  UPDATE identity.attempt SET
    begun_at = begun_at[:array_position(begun_at, $2::timestamptz) - 1] || begun_at[array_position(begun_at, $2::timestamptz) + 1:],
    made_at = CASE WHEN $3
      THEN ARRAY(SELECT made FROM unnest(made_at) AS made WHERE made > now() - $4 * interval '1 s' ORDER BY made) || now() ELSE made_at END
  WHERE key = $1 AND $2::timestamptz = ANY (begun_at)`

type Begun<Read> = { begunAt: string; read: Read } | { retryAfterS: number } | 'busy'

/**
 * Five wrong passwords within 15 minutes, counted in Postgres over all processes. Guesses that are being compared count as nothing: they only wait
 * for each other where all of them together could be too many.
 */
@Injectable()
export class GuessLimit {
  private readonly lines = new Map<string, Turnstile>()

  constructor(private readonly database: Database) {}

  /** Reads what a guess is compared with, compares, and counts where `compare` says false. `TOO_MANY_ATTEMPTS` where five were wrong before. */
  async guess<Read>(
    at: GuessAt,
    read: (transaction: Transaction) => Promise<Read>,
    compare: (known: Read) => Promise<boolean>,
  ): Promise<Read | null> {
    const key = guessKey(at.subject, at.account)
    return this.inLine(key.toString('base64'), async () => {
      const { begunAt, read: known } = await this.begin(key, read)
      let wrong = false
      try {
        wrong = !(await compare(known))
      } finally {
        // Right, or never compared because there was no time: neither is a failure.
        await this.settle(key, begunAt, wrong)
      }
      return wrong ? null : known
    })
  }

  /** For an account with a new password: what was wrong for the old one says nothing any more. */
  async forget(transaction: Transaction, account: string): Promise<void> {
    const [first, last] = [0x00, 0xff].map((byte) => Buffer.concat([accountPart(account), Buffer.alloc(partBytes, byte)]))
    await transaction.manager.delete(Attempt, { key: Between(first, last) })
  }

  private async begin<Read>(key: Buffer, read: (transaction: Transaction) => Promise<Read>): Promise<{ begunAt: string; read: Read }> {
    for (;;) {
      const begun = await this.database.write((transaction) => this.tryToBegin(transaction, key, read))
      if (begun !== 'busy' && 'retryAfterS' in begun) throw identityErrors.TOO_MANY_ATTEMPTS({ retryAfterS: begun.retryAfterS })
      if (begun !== 'busy') return begun
      const waitMs = lookAgainMs * (1 + Math.random())
      if (currentCall().timeLeftMs() < waitMs) throw portErrors.DEADLINE_EXCEEDED()
      await wait(waitMs)
    }
  }

  private async tryToBegin<Read>(transaction: Transaction, key: Buffer, read: (transaction: Transaction) => Promise<Read>): Promise<Begun<Read>> {
    const [begun] = await transaction.query<{ begunAt: string }>(begin, [key, withinS, mostWrong, inFlightS])
    if (begun !== undefined) return { ...begun, read: await read(transaction) }
    await transaction.query(takeBackFuture, [key, withinS])
    const [row] = await transaction.query<{ leftS: number; wrong: number }>(left, [key, withinS, mostWrong])
    return row!.wrong < mostWrong ? 'busy' : { retryAfterS: Math.max(1, Math.ceil(row!.leftS)) }
  }

  /** A call of its own: where the guess had no time left, it is settled all the same. */
  private async settle(key: Buffer, begunAt: string, wrong: boolean): Promise<void> {
    const call = new CurrentCall({ actor: system, trace: currentCall().trace, deadlineMs: performance.now() + settleTimeoutMs })
    await runCall(call, () => this.database.write((transaction) => transaction.query(settle, [key, begunAt, wrong, withinS])))
  }

  /** Those of one process wait in memory, in the order in which they came. */
  private async inLine<T>(name: string, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(name) ?? new Turnstile(mostWrong, waitingHere)
    this.lines.set(name, line)
    try {
      return await line.pass(work)
    } finally {
      if (line.isIdle()) this.lines.delete(name)
    }
  }
}

const partBytes = 16
const accountPart = (account: string): Buffer => createHash('sha256').update(`guess ${account}`).digest().subarray(0, partBytes)

/** Half of it names the account, so that all that was counted for one stands together; who it was cannot be read of it. */
export function guessKey(subject: string, account: string): Buffer {
  return Buffer.concat([accountPart(account), createHash('sha256').update(`guess ${subject}`).digest().subarray(0, partBytes)])
}
