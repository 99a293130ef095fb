import { MemorySecretStore, processEnvironment } from '@kilomega/config'
import { bind } from '@kilomega/messaging'
import { loadApp, migrateLoaded, openApp } from '@kilomega/process'
import { Module } from '@nestjs/common'
import { implementation, NoopPort } from './noop-module.js'

@Module({ imports: [bind(NoopPort, async () => ({ implementation }))] })
class NoopApp {}

/** A product with one kind of job on the whole platform, as in production except for its secrets; its tables are migrated. */
export async function openNoop() {
  const loaded = await loadApp(NoopApp, { stage: 'test', environment: processEnvironment(), secrets: new MemorySecretStore() })
  await migrateLoaded(loaded)
  return openApp(loaded, { wireHonest: false })
}
