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

/** How far a subscriber of a module's outbox is behind. `queue:<job>` is a kind of job. */
export interface Lag extends SubscriberLag {
  schema: string
}

export interface DeadLetter {
  schema: string
  subscriber: string
  id: string
  name: string
  attempts: number
  /** The code of the error; `DELIVERY_FAILED` if it has none. */
  code: string
  reason: string
  diedAt: string
}

/** Selects dead letters: those that match all the given fields. */
export interface DeadChoice {
  subscriber?: string | undefined
  id?: string | undefined
  /** Why they were given up: the dead letters of one outage have the same code. */
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
/** A margin, because the deliveries of a replay take time and clocks differ. */
const marginDays = 1

const dead = `
  SELECT subscriber, event_id AS id, coalesce(outbox.name, '') AS name, attempts, code, reason, died_at AS "diedAt", extract(epoch FROM died_at)::float8 AS "diedS"
  FROM {schema}.dead_letter LEFT JOIN {schema}.outbox ON outbox.id = event_id
  WHERE $1::text IS NULL OR subscriber = $1 ORDER BY died_at DESC, event_id DESC, subscriber LIMIT $2`

/** With the time to the microsecond, because a `Date` has only milliseconds. */
type TimedLetter = DeadLetter & { diedS: number }

/** The same order over all ledgers as within each ledger. */
const newestFirst = (one: TimedLetter, other: TimedLetter): number =>
  other.diedS - one.diedS || compare(other.id, one.id) || compare(one.subscriber, other.subscriber)

const compare = (one: string, other: string): number => Number(one > other) - Number(one < other)

/** What an operator can do with the ledgers of all modules. Each change is recorded in the ledger that it changes. */
@Injectable()
export class LedgerOperations {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly wakeUp: WakeUp,
    private readonly config: RelayConfig,
  ) {}

  /** The lag of every subscriber, including those that have no backlog. */
  async lags(): Promise<Lag[]> {
    return this.inEach(undefined, async (database) => (await lagsOf(database)).map((lag) => ({ schema: database.schema, ...lag })))
  }

  /**
   * Delivers the events of a time span to their subscribers once more, and returns the number of deliveries. A subscriber that has handled an event does nothing when it
   * comes again, as long as its inbox remembers the event: an older span is `REPLAY_TOO_OLD`.
   */
  async replay(span: ReplaySpan): Promise<number> {
    this.checkAge(span)
    let delivered = 0
    for (const database of await this.ledgers.of(span.schema)) {
      delivered += await replayIn(database, span)
      this.wakeUp.notify(database.schema)
    }
    return delivered
  }

  /** How many deliveries `replay` would make. Nothing is changed. */
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

  /** Delivers dead letters again, with all their attempts. Returns how many. */
  retry(choice: DeadChoice): Promise<number> {
    return this.change(retryDead, 'dead-letter.retry', choice)
  }

  /** Removes dead letters permanently, and returns how many. Their events stay in the outbox as long as others do. */
  discard(choice: DeadChoice): Promise<number> {
    return this.change(discardDead, 'dead-letter.discard', choice)
  }

  /** Deletes a subscriber that no process has any more, and its deliveries. If a process still has it, it is registered again when that process starts. */
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
      this.wakeUp.notify(database.schema)
    }
    return changed
  }

  private async inEach<T>(schema: string | undefined, work: (database: Database) => Promise<T[]>): Promise<T[]> {
    const all: T[] = []
    for (const database of await this.ledgers.of(schema)) all.push(...(await work(database)))
    return all
  }
}
