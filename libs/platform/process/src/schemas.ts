import { checkSchemas, DatabaseConfig, migrate } from '@kilomega/database'
import { httpMigrations } from '@kilomega/http'
import { ledgerMigrations, registerSubscribers, registrationsOf } from '@kilomega/messaging'
import { jobRegistrationsOf, migrateQueue, QueueConfig } from '@kilomega/queue'
import type { LoadedApp } from './loaded-app.js'
import { presenceMigrations } from './presence.migrations.js'

/** Migrations of tables that belong to no module. */
export const platformMigrations = [...httpMigrations, ...presenceMigrations]
const platform = { schema: 'platform', migrations: platformMigrations }

/** The platform's own schema has no ledger: it neither emits nor hears events. */
const ledgers = (schema: string) => (schema === platform.schema ? [] : ledgerMigrations(schema))

const schemasOf = ({ implementations }: LoadedApp) => [platform, ...implementations.map(({ name, migrations }) => ({ schema: name, migrations }))]

/** Refuses a database whose schemas are older or newer than the modules of this process. */
export const checkLoadedSchemas = (loaded: LoadedApp): Promise<void> =>
  checkSchemas(loaded.values.get(DatabaseConfig).url, schemasOf(loaded), { platform: ledgers })

/**
 * Migrates the database to what the modules of this process need, including the queue's tables, and registers all subscribers and kinds of
 * job, so that an event reaches a subscriber even if it is added before the subscriber's first start. Calls `onStep` for each step; returns how many were done.
 */
export async function migrateLoaded(loaded: LoadedApp, onStep?: (schema: string, name: string) => void): Promise<number> {
  const { url } = loaded.values.get(DatabaseConfig)
  const done = await migrate(url, schemasOf(loaded), { platform: ledgers, ...(onStep && { onStep }) })
  await migrateQueue(url.reveal())
  await registerLoaded(loaded)
  return done
}

/** The subscribers and kinds of jobs that this process works on; jobs only if it has workers. */
export function handledBy({ values, implementations }: LoadedApp): string[] {
  const jobs = values.get(QueueConfig).workers ? jobRegistrationsOf(implementations) : []
  return [...registrationsOf(implementations), ...jobs].map(({ subscriber }) => subscriber)
}

/** Registers the subscribers and kinds of job of this process, even if they have changed since its last start. Events and jobs added from then on are delivered to them. */
export const registerLoaded = ({ values, implementations }: LoadedApp): Promise<void> =>
  registerSubscribers(values.get(DatabaseConfig).url, [...registrationsOf(implementations), ...jobRegistrationsOf(implementations)])
