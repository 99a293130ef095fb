import { processEnvironment } from '@kilomega/config'
import { checkSchemas, DatabaseConfig, tableDifferences } from '@kilomega/database'
import { ledgerMigrations } from '@kilomega/messaging'
import type { Type } from '@nestjs/common'
import { messageOf } from './failure-text.js'
import { loadOptionsOf } from './load-options.js'
import { loadApp } from './loaded-app.js'

/** What a module would have to change in the database, so that its tables are as its entities declare them. */
export interface ModuleDifferences {
  /** Names of the modules of the application. */
  modules: string[]
  /** Absent if none of them has the name that was asked for. */
  found?: {
    /** As TypeORM's schema builder writes them. */
    statements: string[]
    /** The name of the module's last migration. */
    lastMigration?: string
  }
}

/**
 * Prints as JSON how the database differs from the entities of the module that is the argument. Refuses a database that lacks a migration of the module, which
 * would be written a second time. Exit code 1 if it fails.
 */
export async function printDifferences(application: Type): Promise<void> {
  try {
    process.stdout.write(`${JSON.stringify(await differencesOf(application, process.argv[2]))}\n`)
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  }
}

async function differencesOf(application: Type, module: string | undefined): Promise<ModuleDifferences> {
  const { implementations, values } = await loadApp(application, loadOptionsOf({ ...processEnvironment(), REMOTE_PORTS: undefined }))
  const modules = implementations.map(({ name }) => name).sort()
  const asked = implementations.find(({ name }) => name === module)
  if (asked === undefined) return { modules }
  const { url } = values.get(DatabaseConfig)
  const { name: schema, migrations, entities } = asked
  await checkSchemas(url, [{ schema, migrations }], { platform: ledgerMigrations })
  const lastMigration = migrations.at(-1)?.name
  return { modules, found: { statements: await tableDifferences(url, entities), ...(lastMigration && { lastMigration }) } }
}
