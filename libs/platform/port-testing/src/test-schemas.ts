import type { SchemaMigrations } from '@kilomega/database'
import { hearingsOf, type Implementation } from '@kilomega/messaging'
import type { StandIn } from './stand-in.js'

/**
 * The module's own schema, and the bare ledgers of the modules that it hears and of those that the test stands in for: their tables are theirs, but
 * their outboxes are where it stands registered.
 */
export function testSchemas({ name, migrations, hears }: Implementation, others: readonly StandIn[]): SchemaMigrations[] {
  const heard = new Set(hears.flatMap((subscriber) => hearingsOf(subscriber).map(({ event }) => event.module)))
  for (const { port } of others) heard.add(port.portName)
  heard.delete(name)
  return [{ schema: name, migrations }, ...[...heard].map((schema) => ({ schema, migrations: [] }))]
}
