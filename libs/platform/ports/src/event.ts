import type { z } from 'zod'
import { wireSchema } from './port.js'
import { assertStorable } from './storable.js'

export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** `<module>.<past-tense>`: the module is the one whose outbox holds it. */
  readonly eventName: string
  readonly module: string
  readonly schema: S
  /** Events with the same key come to each subscriber in the order in which they were told. */
  readonly orderKeyOf: ((payload: z.output<S>) => string) | undefined
}

export interface EventOptions<S extends z.ZodType> {
  /**
   * Whose order counts: `{ orderBy: ({ id }) => id }`. A subscriber gets the next event of a key when it is done with the one before, or has given it up: then it is a
   * dead letter and the next one comes. It costs the events of one key their company in a batch, and others nothing.
   */
  orderBy?: (payload: z.output<S>) => string
}

/** A domain event that is about to be told: it becomes a fact when the transaction that adds it to its outbox commits. */
export interface NewEvent<S extends z.ZodType = z.ZodType> {
  readonly definition: EventDefinition<S>
  readonly payload: z.output<S>
}

/** A domain event as a subscriber hears it. */
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
 * Declares a domain event: `const PostRemoved = event('content.post-removed', z.object({ id }))`, made with `PostRemoved({ id })`. It carries ids
 * and facts, never secrets, and no text that PostgreSQL does not take. Delivered after commit, at least once, in no promised order but that of `orderBy`.
 */
export function event<S extends z.ZodType>(eventName: string, schema: S, { orderBy }: EventOptions<S> = {}): EventMaker<S> {
  const [module, fact] = eventName.split('.')
  if (module === undefined || fact === undefined) throw new Error(`event ${eventName}: a name is <module>.<past-tense>`)
  wireSchema(schema)
  const definition: EventDefinition<S> = { eventName, module, schema, orderKeyOf: orderBy }
  const make = (payload: z.output<S>): NewEvent<S> => ({ definition, payload: assertStorable(schema.parse(payload)) })
  return Object.assign(make, definition)
}
