import { checkSchemas, DatabaseConfig, migrate, type MigrateOptions, type PlannedStep, planMigrations } from '@kilomega/database'
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
 * job, so that an event reaches a subscriber even if it is added before the subscriber's first start. Returns how many steps were done.
 */
export async function migrateLoaded(loaded: LoadedApp, report: Pick<MigrateOptions, 'onStep' | 'onProgress'> = {}): Promise<number> {
  const { url } = loaded.values.get(DatabaseConfig)
  const done = await migrate(url, schemasOf(loaded), { platform: ledgers, ...report })
  await migrateQueue(url.reveal())
  await registerLoaded(loaded)
  return done
}

/** What `migrateLoaded` would do now, and what that locks. The queue's own tables are not part of it: its library migrates them, in a moment each. */
export const planLoaded = (loaded: LoadedApp): Promise<PlannedStep[]> =>
  planMigrations(loaded.values.get(DatabaseConfig).url, schemasOf(loaded), { platform: ledgers })

/** The subscribers and kinds of jobs that this process works on; jobs only if it has workers. */
export function handledBy({ values, implementations }: LoadedApp): string[] {
  const jobs = values.get(QueueConfig).workers ? jobRegistrationsOf(implementations) : []
  return [...registrationsOf(implementations), ...jobs].map(({ subscriber }) => subscriber)
}

/** Registers the subscribers and kinds of job of this process, even if they have changed since its last start. Events and jobs added from then on are delivered to them. */
export const registerLoaded = ({ values, implementations }: LoadedApp): Promise<void> =>
  registerSubscribers(values.get(DatabaseConfig).url, [...registrationsOf(implementations), ...jobRegistrationsOf(implementations)])
