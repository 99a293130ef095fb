import { command, errors, port, query } from '@kilomega/ports'
import { z } from 'zod'
import { AnyTime } from './any-time.js'
import { Id, Time } from './values.js'

export const EventName = z
  .string()
  .regex(/^[a-z][a-z0-9_.-]{0,63}$/)
  .meta({ example: 'page.viewed' })

export const TrackedEvent = z
  .object({
    id: Id,
    name: EventName,
    occurredAt: AnyTime.meta({ 'x-example': 'now' }),
    properties: z.record(z.string().max(64), z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()])).optional(),
  })
  .meta({ title: 'TrackedEvent' })
export type TrackedEvent = z.infer<typeof TrackedEvent>

/** `anonymousId` identifies the visitor if nobody is signed in; a signed-in caller is identified by the actor. */
export const EventBatch = z
  .object({
    anonymousId: z.string().min(1).max(64).meta({ example: 'a-visitor-of-yours' }).optional(),
    events: z.array(TrackedEvent).min(1).max(1_000),
  })
  .meta({ title: 'EventBatch' })
export type EventBatch = z.infer<typeof EventBatch>

export const StatsQuery = z.object({
  name: EventName.optional(),
  from: AnyTime.meta({ example: '2026-01-01T00:00:00.000Z' }),
  to: AnyTime.meta({ example: '2026-01-31T00:00:00.000Z' }),
  interval: z.enum(['hour', 'day']),
})
export type StatsQuery = z.infer<typeof StatsQuery>

export const Stats = z
  .object({
    series: z.array(z.object({ at: Time, name: z.string(), count: z.int(), users: z.int() })).max(5_000),
  })
  .meta({ title: 'Stats' })
export type Stats = z.infer<typeof Stats>

/** What visitors do, stored in monthly partitions. Acknowledged after commit; the same id at the same time counts once. */
export abstract class AnalyticsPort extends port('analytics', {
  track: command({
    summary: 'Records events; acknowledged after commit. Records all of a batch or none; an event whose id and time are known counts as a duplicate',
    access: 'anyone',
    input: EventBatch,
    output: z.object({ accepted: z.int(), duplicates: z.int() }),
    timeoutMs: 5_000,
    repeat: 'harmless',
  }),
  stats: query({
    summary: 'Counts events and distinct visitors by hour (31 days at most) or day (400 days at most)',
    access: 'admin',
    input: StatsQuery,
    output: Stats,
    freshness: 'any',
    timeoutMs: 5_000,
  }),
}) {}

export const analyticsErrors = errors({
  EVENT_TIME_OUT_OF_RANGE: ['invalid', 'The time of an event is outside the months that are open', 422],
  ANONYMOUS_ID_REQUIRED: ['invalid', 'Send an anonymousId, or sign in'],
})
