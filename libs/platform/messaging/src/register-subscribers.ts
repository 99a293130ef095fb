import type { Secret } from '@kilomega/config'
import { withLoneConnection } from '@kilomega/database'
import { subscriberName } from './event-subscription.js'
import { hearingsOf } from './hears.js'
import type { Implementation } from './implement.js'
import { inSchema } from './schema-sql.js'

const register = 'INSERT INTO {schema}.subscriber (event_name, name) VALUES ($1, $2) ON CONFLICT DO NOTHING'

/** A subscriber of the events that a module's outbox holds under a name. */
export interface Registration {
  schema: string
  eventName: string
  subscriber: string
}

/** The `@Hears` methods of some modules. */
export const registrationsOf = (implementations: readonly Implementation[]): Registration[] =>
  implementations.flatMap(({ name, hears }) =>
    hears
      .flatMap(hearingsOf)
      .map((hearing) => ({ schema: hearing.event.module, eventName: hearing.event.eventName, subscriber: subscriberName(name, hearing) })),
  )

/**
 * Registers subscribers in the ledgers of the events that they hear. An event is delivered to the subscribers that are registered when it is added, so this runs before
 * a process can add one: with the migrations, and at each start.
 */
export async function registerSubscribers(databaseUrl: Secret, registrations: readonly Registration[]): Promise<void> {
  if (registrations.length === 0) return
  await withLoneConnection(databaseUrl, async (client) => {
    for (const { schema, eventName, subscriber } of registrations) await client.query(inSchema(register, schema), [eventName, subscriber])
  })
}
