import { type AnalyticsPort, analyticsErrors, type EventBatch, type Stats, type StatsQuery, type TrackedEvent } from '@kilomega/contracts'
import { Database, isCheckViolation } from '@kilomega/database'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { EventWriter } from './event-writer.js'
import { OpenMonths } from './open-months.js'
import { readStats } from './read-stats.js'
import type { StoredEvent } from './stored-event.js'
import { accountVisitor, guestVisitor } from './visitors.js'

@Injectable()
export class AnalyticsService implements AnalyticsPort {
  constructor(
    private readonly database: Database,
    private readonly writer: EventWriter,
    private readonly months: OpenMonths,
  ) {}

  async track({ anonymousId, events }: EventBatch): Promise<{ accepted: number; duplicates: number }> {
    const visitor = visitorOf(anonymousId)
    this.months.check(events)
    const duplicates = await this.write(events.map((event) => stored(event, visitor)))
    return { accepted: events.length - duplicates, duplicates }
  }

  stats(query: StatsQuery): Promise<Stats> {
    return readStats(this.database, query)
  }

  /** The month may have been removed since this process last looked: then no partition accepts the row. */
  private async write(events: readonly StoredEvent[]): Promise<number> {
    try {
      return await this.writer.write(events)
    } catch (error) {
      if (!isCheckViolation(error)) throw error
      throw this.months.outOfRange(
        events.map(({ id }) => id),
        error,
      )
    }
  }
}

function visitorOf(anonymousId: string | undefined): string {
  const { actor } = currentCall()
  if (actor.kind === 'user') return accountVisitor(actor.id)
  if (anonymousId === undefined) throw analyticsErrors.ANONYMOUS_ID_REQUIRED()
  return guestVisitor(storable(anonymousId, 'anonymousId'))
}

function stored({ id, name, occurredAt, properties }: TrackedEvent, visitor: string): StoredEvent {
  for (const [property, value] of Object.entries(properties ?? {})) {
    storable(property, 'events.properties')
    if (typeof value === 'string') storable(value, `events.properties.${property}`)
  }
  return { id: id.toLowerCase(), occurredAt, name, visitor, properties: properties === undefined ? null : JSON.stringify(properties) }
}

/** NUL and unpaired surrogates: text that Postgres does not accept. */
const unstorable = /[\0\p{Surrogate}]/u

function storable(text: string, path: string): string {
  if (unstorable.test(text)) throw portErrors.VALIDATION_FAILED({ errors: [{ path, code: 'custom', message: 'is not valid Unicode text' }] })
  return text
}
