import type { Transaction } from '@kilomega/database'
import type { DomainEvent, EventDefinition } from '@kilomega/ports'
import type { z } from 'zod'

export interface HearingOptions {
  /**
   * Events in one delivery at most: 1 to 500, 100 unless told otherwise. A method that calls commands of other modules takes 1: each command needs the key of one
   * event, so that it is done once however often the event is delivered. In a batch commands are refused (`COMMAND_IN_BATCH`), and events come one at a time from then on.
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
 * Marks a method that does something when events are told. It gets events that this subscriber has not handled before, and a transaction of its
 * own module in which the inbox rows are written already: what it does in that transaction happens exactly once. When it throws, the batch is
 * delivered again in smaller ones, until the event that fails is alone; that one is retried, later and later. When it throws something `unavailable`, all wait until that is
 * there again, and no try is counted. Other subscribers are not held up.
 */
export function Hears<S extends z.ZodType>(event: EventDefinition<S>, { batch = 100 }: HearingOptions = {}) {
  if (batch < 1 || batch > 500) throw new Error(`@Hears(${event.eventName}): batch is 1 to 500`)
  return <M extends HearingMethod<S>>(prototype: object, method: string, _: TypedPropertyDescriptor<M>): void => {
    const own = hearings.get(prototype) ?? []
    own.push({ event, method, batch })
    hearings.set(prototype, own)
  }
}

/** What a class hears, by its `@Hears` methods. */
export const hearingsOf = (subscriber: abstract new (...parameters: never[]) => object): Hearing[] =>
  hearings.get(subscriber.prototype as object) ?? []
