import type { SchemaMigrations } from '@kilomega/database'
import { hearingsOf, type Implementation } from '@kilomega/messaging'

/** The module's own schema, and the bare ledgers of the modules that it hears: their tables are theirs, but their outboxes are where it stands registered. */
export function testSchemas({ name, migrations, hears }: Implementation): SchemaMigrations[] {
  const heard = new Set(hears.flatMap((subscriber) => hearingsOf(subscriber).map(({ event }) => event.module)))
  heard.delete(name)
  return [{ schema: name, migrations }, ...[...heard].map((schema) => ({ schema, migrations: [] }))]
}
