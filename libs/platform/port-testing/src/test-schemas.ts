import type { SchemaMigrations } from '@kilomega/database'
import { hearingsOf, type Implementation } from '@kilomega/messaging'
import type { StandIn } from './stand-in.js'

/**
 * The module's own schema, and schemas with only a ledger for the modules whose events it hears and for the stand-ins: it needs none of their own tables, but it is
 * registered with their outboxes.
 */
export function testSchemas({ name, migrations, hears }: Implementation, others: readonly StandIn[]): SchemaMigrations[] {
  const heard = new Set(hears.flatMap((subscriber) => hearingsOf(subscriber).map(({ event }) => event.module)))
  for (const { port } of others) heard.add(port.portName)
  heard.delete(name)
  return [{ schema: name, migrations }, ...[...heard].map((schema) => ({ schema, migrations: [] }))]
}
