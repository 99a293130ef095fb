import type { Secret } from '@kilomega/config'
import { withLoneConnection } from '../lone-connection.js'
import { type MigrateOptions, stepsOf } from './migrate.js'
import { MigrationError } from './migration-error.js'
import { MigrationTable, type SchemaMigrations } from './migration-table.js'
import { requireOwnSessions } from '../pooler.js'
import { requireVersion } from '../server-version.js'

/**
 * Refuses a database that does not fit the program: throws a one-line `MigrationError` if a schema lacks a step that the program needs. A newer schema is
 * fine: steps only add, until no running version needs what they will remove. So versions can follow each other without downtime.
 */
export async function checkSchemas(url: Secret, modules: readonly SchemaMigrations[], options: MigrateOptions = {}): Promise<void> {
  await withLoneConnection(url, async (client) => {
    await requireVersion(client, options.oldest)
    await requireOwnSessions(url)
    for (const module of modules) {
      const done = (await new MigrationTable(client, module.schema).done()).map(({ name }) => name)
      const known = stepsOf(module, options).map(({ name }) => name)
      compare(module.schema, done, known)
    }
  })
}

function compare(schema: string, done: readonly string[], known: readonly string[]): void {
  const missing = known.filter((name) => !done.includes(name))
  if (missing.length > 0) throw new MigrationError(`The schema ${schema} is older than this program (it lacks ${missing[0]}): run km db migrate`)
}
