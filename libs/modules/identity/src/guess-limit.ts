import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { identityErrors } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { CurrentCall, currentCall, portErrors, runCall, system } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { Between, Raw } from 'typeorm'
import { madeAtLatestNow } from './attempts.js'
import { ConcurrencyLimit } from './concurrency-limit.js'
import { afterSeconds } from './database-time.js'
import { Attempt } from './tables/attempt.entity.js'

/** At most this many wrong passwords within this many seconds. */
const mostWrong = 5
const withinS = 15 * 60
/** Age in seconds at which a guess without an outcome no longer counts, because its process died. Longer than a log-in and recording its outcome may take. */
export const inFlightS = 6
/** Guesses of one subject that may wait in one process; more are refused as unavailable. */
const maxWaiting = 100
/** Wait before checking again whether a guess in another process has finished, in milliseconds, plus a random part of the same length. */
const pollMs = 40
const settleTimeoutMs = 2_000

/** Wrong passwords are counted per subject, and forgotten for all subjects of an account. */
export interface GuessAt {
  account: string
  subject: string
}

const live = `
  ARRAY(SELECT begun FROM unnest(known.begun_at) AS begun WHERE begun BETWEEN now() - $4 * interval '1 s' AND now() + interval '1 minute')`

/**
 * The row lock makes all processes count one after the other, by the database's clock. As many guesses may be compared at once as could still be wrong. A
 * guess that is not admitted changes nothing, so trying again does not extend a lockout. One statement takes 0.40 ms; row, lock and change as three statements
 * of a repository take 0.67 ms (median of 1,000 on the loopback). TypeORM cannot express the three that are by hand here: they take lists in a column apart.
 */
const startGuess =
  `
  INSERT INTO identity.attempt AS known (key, made_at, begun_at, expires_at) VALUES ($1, '{}', ARRAY[now()], now() + $2 * interval '1 s')
  ON CONFLICT (key) DO UPDATE SET begun_at = ` +
  live +
  ` || now(), expires_at = excluded.expires_at
  WHERE cardinality(` +
  live +
  `) + (SELECT count(*) FROM unnest(known.made_at) AS made WHERE made > now() - $2 * interval '1 s') < $3
  RETURNING now()::text AS "begunAt"`

const hasFuture = Raw((column) => "now() + interval '1 minute' < ANY (" + column + ')')
const clampedToNow = () => 'ARRAY(SELECT ' + madeAtLatestNow + ' FROM unnest(made_at) AS made ORDER BY 1)'

/** The oldest of the newest five has to expire before the next guess is admitted. */
const left = `
  SELECT extract(epoch FROM min(made) - now())::float8 + $2 AS "leftS", count(*)::int AS wrong FROM (
    SELECT made FROM identity.attempt, unnest(made_at) AS made WHERE key = $1 AND made > now() - $2 * interval '1 s' ORDER BY made DESC LIMIT $3
  ) AS newest`

/** Removes one of possibly several entries with the same time. If the row is gone, its guesses were forgotten, and there is nothing to record. */
const settle = `
  UPDATE identity.attempt SET
    begun_at = begun_at[:array_position(begun_at, $2::timestamptz) - 1] || begun_at[array_position(begun_at, $2::timestamptz) + 1:],
    made_at = CASE WHEN $3
      THEN ARRAY(SELECT made FROM unnest(made_at) AS made WHERE made > now() - $4 * interval '1 s' ORDER BY made) || now() ELSE made_at END
  WHERE key = $1 AND $2::timestamptz = ANY (begun_at)`

type Started<Read> = { begunAt: string; read: Read } | { retryAfterS: number } | 'busy'

/**
 * Allows five wrong passwords within 15 minutes, counted in Postgres across all processes. Guesses that are being compared do not count; they only wait for
 * each other when all of them together could exceed the limit.
 */
@Injectable()
export class GuessLimit {
  private readonly queues = new Map<string, ConcurrencyLimit>()

  constructor(private readonly database: Database) {}

  /** Reads what a guess is compared with, compares it, and counts it if `compare` returns false. Throws `TOO_MANY_ATTEMPTS` after five wrong ones. */
  async guess<Read>(
    at: GuessAt,
    read: (transaction: Transaction) => Promise<Read>,
    compare: (known: Read) => Promise<boolean>,
  ): Promise<Read | null> {
    const key = guessKey(at.subject, at.account)
    return this.inQueue(key.toString('base64'), async () => {
      const { begunAt, read: known } = await this.start(key, read)
      let wrong = false
      try {
        wrong = !(await compare(known))
      } finally {
        // A right guess does not count, and neither does one that was not compared for lack of time.
        await this.settle(key, begunAt, wrong)
      }
      return wrong ? null : known
    })
  }

  /** For an account with a new password: wrong guesses at the old one no longer count. */
  async forget(transaction: Transaction, account: string): Promise<void> {
    const [first, last] = [0x00, 0xff].map((byte) => Buffer.concat([accountPart(account), Buffer.alloc(partBytes, byte)]))
    await transaction.manager.delete(Attempt, { key: Between(first, last) })
  }

  private async start<Read>(key: Buffer, read: (transaction: Transaction) => Promise<Read>): Promise<{ begunAt: string; read: Read }> {
    for (;;) {
      const started = await this.database.write((transaction) => this.tryToStart(transaction, key, read))
      if (started !== 'busy' && 'retryAfterS' in started) throw identityErrors.TOO_MANY_ATTEMPTS({ retryAfterS: started.retryAfterS })
      if (started !== 'busy') return started
      const waitMs = pollMs * (1 + Math.random())
      if (currentCall().timeLeftMs() < waitMs) throw portErrors.DEADLINE_EXCEEDED()
      await wait(waitMs)
    }
  }

  private async tryToStart<Read>(transaction: Transaction, key: Buffer, read: (transaction: Transaction) => Promise<Read>): Promise<Started<Read>> {
    const [started] = await transaction.query<{ begunAt: string }>(startGuess, [key, withinS, mostWrong, inFlightS])
    if (started !== undefined) return { ...started, read: await read(transaction) }
    await transaction.manager.update(Attempt, { key, madeAt: hasFuture }, { madeAt: clampedToNow, expiresAt: afterSeconds(withinS) })
    const [row] = await transaction.query<{ leftS: number; wrong: number }>(left, [key, withinS, mostWrong])
    return row!.wrong < mostWrong ? 'busy' : { retryAfterS: Math.max(1, Math.ceil(row!.leftS)) }
  }

  /** Runs in a call of its own, so that the outcome is recorded even if the guess had no time left. */
  private async settle(key: Buffer, begunAt: string, wrong: boolean): Promise<void> {
    const { trace, origin } = currentCall()
    const call = new CurrentCall({ actor: system, trace, origin, deadlineMs: performance.now() + settleTimeoutMs })
    await runCall(call, () => this.database.write((transaction) => transaction.query(settle, [key, begunAt, wrong, withinS])))
  }

  /** Guesses in one process wait in memory, in order of arrival. */
  private async inQueue<T>(name: string, work: () => Promise<T>): Promise<T> {
    const queue = this.queues.get(name) ?? new ConcurrencyLimit(mostWrong, maxWaiting)
    this.queues.set(name, queue)
    try {
      return await queue.run(work)
    } finally {
      if (queue.isIdle()) this.queues.delete(name)
    }
  }
}

const partBytes = 16
const accountPart = (account: string): Buffer => createHash('sha256').update(`guess ${account}`).digest().subarray(0, partBytes)

/** The first half is a hash of the account, so that all keys of an account form one range; the account cannot be read from it. */
export function guessKey(subject: string, account: string): Buffer {
  return Buffer.concat([accountPart(account), createHash('sha256').update(`guess ${subject}`).digest().subarray(0, partBytes)])
}
