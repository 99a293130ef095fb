import { checkSchemas, DatabaseConfig, migrate } from '@kilomega/database'
import { httpMigrations } from '@kilomega/http'
import { ledgerMigrations, registerSubscribers, registrationsOf } from '@kilomega/messaging'
import { jobRegistrationsOf, migrateQueue, QueueConfig } from '@kilomega/queue'
import type { LoadedApp } from './loaded-app.js'
import { presenceMigrations } from './presence.migrations.js'

/** Of what belongs to no module. */
export const platformMigrations = [...httpMigrations, ...presenceMigrations]
const platform = { schema: 'platform', migrations: platformMigrations }

/** The platform's own schema tells nothing and hears nothing. */
const ledgers = (schema: string) => (schema === platform.schema ? [] : ledgerMigrations(schema))

const schemasOf = ({ implementations }: LoadedApp) => [platform, ...implementations.map(({ name, migrations }) => ({ schema: name, migrations }))]

/** Refuses a database whose schemas are older or newer than the modules of this process. */
export const checkLoadedSchemas = (loaded: LoadedApp): Promise<void> =>
  checkSchemas(loaded.values.get(DatabaseConfig).url, schemasOf(loaded), { platform: ledgers })

/**
 * Brings the database up to what the modules of this process need, the queue's tables included, and registers everybody who hears something or does
 * jobs, so that no event is told before its first listener has started. Tells of each step; returns how many were done.
 */
export async function migrateLoaded(loaded: LoadedApp, onStep?: (schema: string, name: string) => void): Promise<number> {
  const { url } = loaded.values.get(DatabaseConfig)
  const done = await migrate(url, schemasOf(loaded), { platform: ledgers, ...(onStep && { onStep }) })
  await migrateQueue(url.reveal())
  await registerLoaded(loaded)
  return done
}

/** The subscribers and kinds of jobs that this process works on; jobs only where it has workers. */
export function handledBy({ values, implementations }: LoadedApp): string[] {
  const jobs = values.get(QueueConfig).workers ? jobRegistrationsOf(implementations) : []
  return [...registrationsOf(implementations), ...jobs].map(({ subscriber }) => subscriber)
}

/** Registers who hears events and who does jobs in this process, whatever has changed since its last start: what is added from then on is delivered to them. */
export const registerLoaded = ({ values, implementations }: LoadedApp): Promise<void> =>
  registerSubscribers(values.get(DatabaseConfig).url, [...registrationsOf(implementations), ...jobRegistrationsOf(implementations)])
