import type { z } from 'zod'
import { wireSchema } from './port.js'
import { assertStorable } from './storable.js'

export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** `<module>.<past-tense>`. The event is in the outbox of that module. */
  readonly eventName: string
  readonly module: string
  readonly schema: S
  /** Events with the same key reach each subscriber in the order in which they were added. */
  readonly orderKeyOf: ((payload: z.output<S>) => string) | undefined
}

export interface EventOptions<S extends z.ZodType> {
  /**
   * The key by which events are ordered: `{ orderBy: ({ id }) => id }`. A subscriber gets the next event of a key when the previous one is done, or was given up and is a
   * dead letter. The cost: a batch holds only one event of each key. Events without a key are not affected.
   */
  orderBy?: (payload: z.output<S>) => string
}

/** A domain event before it is emitted: it becomes a fact when the transaction that adds it to the outbox commits. */
export interface NewEvent<S extends z.ZodType = z.ZodType> {
  readonly definition: EventDefinition<S>
  readonly payload: z.output<S>
}

/** A domain event as a subscriber gets it. */
export interface DomainEvent<T> {
  /** UUIDv7; the same at every delivery. */
  readonly id: string
  /** RFC 3339, the time at which it was added to the outbox. */
  readonly occurredAt: string
  readonly payload: T
}

export type EventMaker<S extends z.ZodType = z.ZodType> = EventDefinition<S> & ((payload: z.output<S>) => NewEvent<S>)
export type PayloadOf<E> = E extends EventDefinition<infer S> ? z.output<S> : never

/**
 * Declares a domain event: `const PostRemoved = event('content.post-removed', z.object({ id }))`, created with `PostRemoved({ id })`. It carries ids
 * and facts, never secrets, and no text that PostgreSQL rejects. It is delivered after commit, at least once. Without `orderBy`, no order is guaranteed.
 */
export function event<S extends z.ZodType>(eventName: string, schema: S, { orderBy }: EventOptions<S> = {}): EventMaker<S> {
  const [module, fact] = eventName.split('.')
  if (module === undefined || fact === undefined) throw new Error(`event ${eventName}: a name is <module>.<past-tense>`)
  wireSchema(schema)
  const definition: EventDefinition<S> = { eventName, module, schema, orderKeyOf: orderBy }
  const make = (payload: z.output<S>): NewEvent<S> => ({ definition, payload: assertStorable(schema.parse(payload)) })
  return Object.assign(make, definition)
}
