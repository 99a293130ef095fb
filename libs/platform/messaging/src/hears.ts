import type { Transaction } from '@kilomega/database'
import type { DomainEvent, EventDefinition } from '@kilomega/ports'
import type { z } from 'zod'

export interface HearingOptions {
  /**
   * Largest number of events in one delivery: 1 to 500, default 100. Use 1 for a method that calls commands of other modules: each command needs the key of one
   * event, so that it is done once however often the event is delivered. In a batch, commands are refused (`COMMAND_IN_BATCH`), and events come one at a time from then on.
   */
  batch?: number
}

export interface Hearing {
  event: EventDefinition
  method: string
  batch: number
}

type HearingMethod<S extends z.ZodType> = (events: DomainEvent<z.output<S>>[], transaction: Transaction) => Promise<void>

const hearings = new WeakMap<object, Hearing[]>()

/**
 * Marks a method that handles events. It gets events that this subscriber has not handled before, and a transaction of its
 * own module in which the inbox rows are already written: what it does in that transaction happens exactly once. If it throws, the batch is
 * delivered again in smaller ones, until the event that fails is on its own; that event is retried with growing waits. If it throws an `unavailable` error, all events
 * wait until the dependency is available again, and no attempt is counted. Other subscribers are not held up.
 */
export function Hears<S extends z.ZodType>(event: EventDefinition<S>, { batch = 100 }: HearingOptions = {}) {
  if (batch < 1 || batch > 500) throw new Error(`@Hears(${event.eventName}): batch is 1 to 500`)
  return <M extends HearingMethod<S>>(prototype: object, method: string, _: TypedPropertyDescriptor<M>): void => {
    const own = hearings.get(prototype) ?? []
    own.push({ event, method, batch })
    hearings.set(prototype, own)
  }
}

/** The events that a class handles, from its `@Hears` methods. */
export const hearingsOf = (subscriber: abstract new (...parameters: never[]) => object): Hearing[] =>
  hearings.get(subscriber.prototype as object) ?? []
