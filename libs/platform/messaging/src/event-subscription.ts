import type { Database, Transaction } from '@kilomega/database'
import { CurrentCall, type DomainEvent, type Origin, originOf, runCall, system } from '@kilomega/ports'
import { isCanary } from './canary.js'
import type { Hearing } from './hears.js'
import { inSchema } from './schema-sql.js'
import type { Delivery, Subscription } from './subscription.js'

const hear = `
  INSERT INTO {schema}.inbox (subscriber, event_id) SELECT $1, event_id FROM unnest($2::uuid[]) AS event_id
  ON CONFLICT DO NOTHING RETURNING event_id AS id`

type HearingMethod = (events: DomainEvent<unknown>[], transaction: Transaction) => Promise<void>

interface Hearer {
  hearing: Hearing
  /** The instance with the `@Hears` method. It is looked up when the first event comes: by then every module exists. */
  instance: () => object
  /** The database of the module that has the `@Hears` method. */
  database: Database
}

/** Deliveries to a `@Hears` method. The inbox rows and the effect are one transaction, so an event that was handled before is not handled again. */
export function eventSubscription({ hearing, instance, database }: Hearer): Subscription {
  const { event, method, batch } = hearing
  const subscriber = subscriberName(database.schema, hearing)

  const handle = (deliveries: readonly Delivery[]) =>
    database.write(async (transaction) => {
      const fresh = await firstTime(transaction, subscriber, deliveries)
      if (fresh.length === 0) return
      await (instance() as Record<string, HearingMethod>)[method]!(
        fresh.map((delivery) => domainEvent(event, delivery)),
        transaction,
      )
    })

  return {
    schema: event.module,
    eventName: event.eventName,
    subscriber,
    ordered: event.orderKeyOf !== undefined,
    batch,
    deliver: async (deliveries, timeoutMs) => {
      const real = deliveries.filter(({ payload }) => !isCanary(payload))
      if (real.length > 0) await runCall(callOf(real, timeoutMs, originOf('event ' + subscriber)), () => handle(real))
    },
  }
}

/** Must be the same after every start: deliveries are stored under it. */
export const subscriberName = (module: string, { event, method }: Hearing): string => `${module}.${method}:${event.eventName}`

/** A command that is called for an event has a key made from the event's id, the same on every attempt. A batch has no key: on the next attempt it may hold other events. */
function callOf([first, ...others]: readonly Delivery[], timeoutMs: number, origin: Origin): CurrentCall {
  const { id, requestId } = first!
  const deadlineMs = performance.now() + timeoutMs
  return new CurrentCall({ actor: system, trace: { requestId }, deadlineMs, origin, ...(others.length === 0 ? { key: id } : { isBatch: true }) })
}

async function firstTime(transaction: Transaction, subscriber: string, deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const rows = await transaction.query<{ id: string }>(inSchema(hear, transaction.schema), [subscriber, deliveries.map(({ id }) => id)])
  const fresh = new Set(rows.map(({ id }) => id))
  return deliveries.filter(({ id }) => fresh.has(id))
}

const domainEvent = ({ schema }: Hearing['event'], { id, occurredAt, payload }: Delivery): DomainEvent<unknown> => ({
  id,
  occurredAt,
  payload: schema.parse(payload),
})
