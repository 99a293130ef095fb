import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemorySecretStore } from '@kilomega/config'
import { loadApp, migrateLoaded, openApp } from '@kilomega/process'
import { ApiModule } from '../../src/api.module.js'

/** Migrates a database, and starts and stops the API on it once: that creates the partitions, and registers the subscribers. */
export async function startOnce(url: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kilomega-api-'))
  const environment = { DATABASE_URL: url, STORAGE_FOLDER: folder, HTTP_PORT: '0', HTTP_INTERNAL_PORT: '0', LOG_LEVEL: 'error' }
  const loaded = await loadApp(ApiModule, { environment, stage: 'test', secrets: new MemorySecretStore() })
  await migrateLoaded(loaded)
  const app = await openApp(loaded)
  await app.close()
  await rm(folder, { recursive: true, force: true })
}
