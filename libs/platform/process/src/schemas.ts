import { checkSchemas, DatabaseConfig, migrate } from '@kilomega/database'
import { ledgerMigrations, registerSubscribers } from '@kilomega/messaging'
import { migrateQueue } from '@kilomega/queue'
import type { LoadedApp } from './loaded-app.js'

const schemasOf = ({ implementations }: LoadedApp) => implementations.map(({ name, migrations }) => ({ schema: name, migrations }))

/** Refuses a database whose schemas are older or newer than the modules of this process. */
export const checkLoadedSchemas = (loaded: LoadedApp): Promise<void> =>
  checkSchemas(loaded.values.get(DatabaseConfig).url, schemasOf(loaded), { platform: ledgerMigrations })

/**
 * Brings the database up to what the modules of this process need, the queue's tables included, and registers everybody who hears something, so
 * that no event is told before its first listener has started. Tells of each step; returns how many were done.
 */
export async function migrateLoaded(loaded: LoadedApp, onStep?: (schema: string, name: string) => void): Promise<number> {
  const { url } = loaded.values.get(DatabaseConfig)
  const done = await migrate(url, schemasOf(loaded), { platform: ledgerMigrations, ...(onStep && { onStep }) })
  await migrateQueue(url.reveal())
  await registerSubscribers(url, loaded.implementations)
  return done
}
