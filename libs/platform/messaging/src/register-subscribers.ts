import type { Secret } from '@kilomega/config'
import { withLoneConnection } from '@kilomega/database'
import { subscriberName } from './event-subscription.js'
import { hearingsOf } from './hears.js'
import type { Implementation } from './implement.js'
import { inSchema } from './schema-sql.js'

const register = 'INSERT INTO {schema}.subscriber (event_name, name) VALUES ($1, $2) ON CONFLICT DO NOTHING'

/**
 * Registers the subscribers of some modules with those whose events they hear, as far as these are among them. Processes do it too when they start;
 * done with the migrations, it holds before any of them has: a service that comes later than the first event still hears it.
 */
export async function registerSubscribers(databaseUrl: Secret, implementations: readonly Implementation[]): Promise<void> {
  const schemas = new Set(implementations.map(({ name }) => name))
  await withLoneConnection(databaseUrl, async (client) => {
    for (const { name, hears } of implementations) {
      for (const hearing of hears.flatMap(hearingsOf).filter(({ event }) => schemas.has(event.module))) {
        await client.query(inSchema(register, hearing.event.module), [hearing.event.eventName, subscriberName(name, hearing)])
      }
    }
  })
}
