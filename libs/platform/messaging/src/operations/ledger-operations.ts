import type { Database } from '@kilomega/database'
import { errors, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { discardDead, retryDead } from '../delivery-statements.js'
import { lagsOf, type SubscriberLag } from '../lags.js'
import { RelayConfig } from '../relay.config.js'
import { inSchema } from '../schema-sql.js'
import { WakeUp } from '../wake-up.js'
import { Ledgers } from './ledgers.js'
import { recordOperation } from './operation-record.js'
import { removeSubscriber } from './remove-subscriber.js'
import { countReplayIn, replayIn, type ReplaySpan } from './replay.js'

/** How far a subscriber of a module's outbox is behind; `queue:<job>` is a kind of job. */
export interface Lag extends SubscriberLag {
  schema: string
}

export interface DeadLetter {
  schema: string
  subscriber: string
  id: string
  name: string
  attempts: number
  /** Of the error; `DELIVERY_FAILED` where it has none. */
  code: string
  reason: string
  diedAt: string
}

/** Which dead letters: all that fit all that is said. */
export interface DeadChoice {
  subscriber?: string | undefined
  id?: string | undefined
  /** Why they were given up: what an outage has killed has one code. */
  code?: string | undefined
  /** When they were given up. */
  from?: Date | undefined
  to?: Date | undefined
}

export const ledgerErrors = errors({
  REPLAY_TOO_OLD: ['invalid', 'These events are too old: subscribers no longer remember whether they have handled them'],
})

const dayMs = 86_400_000
/** Inboxes remember twice as long as outboxes. */
const inboxFactor = 2
/** Deliveries of a replay take their time, and clocks differ. */
const marginDays = 1

const dead = `
  SELECT subscriber, event_id AS id, coalesce(outbox.name, '') AS name, attempts, code, reason, died_at AS "diedAt", extract(epoch FROM died_at)::float8 AS "diedS"
  FROM {schema}.dead_letter LEFT JOIN {schema}.outbox ON outbox.id = event_id
  WHERE $1::text IS NULL OR subscriber = $1 ORDER BY died_at DESC, event_id DESC, subscriber LIMIT $2`

/** To the microsecond, where a `Date` knows milliseconds. */
type TimedLetter = DeadLetter & { diedS: number }

/** As each ledger orders its own, over all of them. */
const newestFirst = (one: TimedLetter, other: TimedLetter): number =>
  other.diedS - one.diedS || compare(other.id, one.id) || compare(one.subscriber, other.subscriber)

const compare = (one: string, other: string): number => Number(one > other) - Number(one < other)

/** What an operator may do with the ledgers of all modules. Each change is on record in the ledger that it changes. */
@Injectable()
export class LedgerOperations {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly wakeUp: WakeUp,
    private readonly config: RelayConfig,
  ) {}

  /** Of every subscriber, also of those that have heard everything. */
  async lags(): Promise<Lag[]> {
    return this.inEach(undefined, async (database) => (await lagsOf(database)).map((lag) => ({ schema: database.schema, ...lag })))
  }

  /**
   * Delivers the events of a span of time to their subscribers once more; how many deliveries that are. Whoever has heard an event does nothing when it comes again, as
   * long as inboxes remember it: an older span is `REPLAY_TOO_OLD`.
   */
  async replay(span: ReplaySpan): Promise<number> {
    this.checkAge(span)
    let delivered = 0
    for (const database of await this.ledgers.of(span.schema)) {
      delivered += await replayIn(database, span)
      this.wakeUp.ring(database.schema)
    }
    return delivered
  }

  /** How many deliveries `replay` would make; nothing is changed. */
  async countReplay(span: ReplaySpan): Promise<number> {
    this.checkAge(span)
    const counts = await this.inEach(span.schema, async (database) => [await countReplayIn(database, span)])
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** The newest first. */
  async deadLetters({ subscriber, limit }: { subscriber?: string | undefined; limit: number }): Promise<DeadLetter[]> {
    const all = await this.inEach(undefined, async (database) => {
      const rows = await database.read((queryable) =>
        queryable.query<Omit<TimedLetter, 'schema'>>(inSchema(dead, database.schema), [subscriber ?? null, limit]),
      )
      return rows.map((row) => ({ schema: database.schema, ...row }))
    })
    const letters = all.sort(newestFirst).slice(0, limit)
    return letters.map(({ diedS: _, ...letter }) => letter)
  }

  /** Gives dead letters another life, with all their attempts; how many. */
  retry(choice: DeadChoice): Promise<number> {
    return this.change(retryDead, 'dead-letter.retry', choice)
  }

  /** Removes dead letters for good; how many. Their events stay in the outbox for their time. */
  discard(choice: DeadChoice): Promise<number> {
    return this.change(discardDead, 'dead-letter.discard', choice)
  }

  /** Forgets a subscriber that no process has any more, and its deliveries. One that still is somewhere is registered again when a process starts. */
  async removeSubscriber(name: string): Promise<{ deliveries: number }> {
    const removed = await this.inEach(undefined, async (database) => {
      const one = await removeSubscriber(database, name)
      return one === undefined ? [] : [one]
    })
    if (removed.length === 0) throw portErrors.NOT_FOUND({ subscriber: name })
    return { deliveries: removed.reduce((sum, { deliveries }) => sum + deliveries, 0) }
  }

  private checkAge({ from }: ReplaySpan): void {
    const earliest = new Date(Date.now() - (this.config.keepDays * inboxFactor - marginDays) * dayMs)
    if (from < earliest) throw ledgerErrors.REPLAY_TOO_OLD({ earliest: earliest.toISOString() })
  }

  private async change(sql: string, action: string, choice: DeadChoice): Promise<number> {
    const { subscriber, id, code, from, to } = choice
    const values = [subscriber ?? null, id ?? null, code ?? null, from?.toISOString() ?? null, to?.toISOString() ?? null]
    let changed = 0
    for (const database of await this.ledgers.all()) {
      changed += await database.write(async (transaction) => {
        const rows = await transaction.query(inSchema(sql, database.schema), values)
        if (rows.length > 0) await recordOperation(transaction, action, { ...choice, count: rows.length })
        return rows.length
      })
      this.wakeUp.ring(database.schema)
    }
    return changed
  }

  private async inEach<T>(schema: string | undefined, work: (database: Database) => Promise<T[]>): Promise<T[]> {
    const all: T[] = []
    for (const database of await this.ledgers.of(schema)) all.push(...(await work(database)))
    return all
  }
}
