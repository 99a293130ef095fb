import { loadConfig } from '@kilomega/config'
import { type Database, DatabaseConfig, Databases, type Entity, type Migration, type MigrateOptions, type SchemaMigrations } from '@kilomega/database'
import { hasFailedTests } from './failed-tests.js'
import { MetricsRecorder } from './metrics-recorder.js'
import { cloneDatabase, databaseUrl, dropDatabase } from './postgres/test-databases.js'
import { keepServer, testServer } from './postgres/test-server.js'
import { SignalsRecorder } from './signals-recorder.js'

export interface OpenDatabaseOptions {
  /** The schema of one module and its migrations … */
  schema?: string
  migrations?: readonly Migration[]
  /** … or those of several. The first is the one that `database` sees. */
  modules?: readonly SchemaMigrations[]
  /** Extra steps for every schema: `ledgerMigrations` if outbox and inbox are needed. */
  platform?: MigrateOptions['platform']
  entities?: readonly Entity[]
  /** Settings as environment variables: `{ DATABASE_POOL_SIZE: '2' }`. */
  settings?: Record<string, string>
}

export interface TestDatabase {
  readonly database: Database
  /** For tests over several modules: `databases.of('search')`. */
  readonly databases: Databases
  readonly config: DatabaseConfig
  readonly url: string
  readonly signals: SignalsRecorder
  readonly metrics: MetricsRecorder
  /** Drops the database. After a failed test it is kept and its location is printed. */
  close(): Promise<void>
}

/** A migrated database for one test file, on a real server: a clone of a template, ready in about 50 ms. Open it in `beforeAll`, close it in `afterAll`. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<TestDatabase> {
  const modules = options.modules ?? [{ schema: options.schema ?? 'test', migrations: options.migrations ?? [] }]
  const server = await testServer()
  const name = await cloneDatabase(server, modules, options.platform ? { platform: options.platform } : {})
  const url = databaseUrl(server, name)
  const config = loadConfig([DatabaseConfig], { ...options.settings, DATABASE_URL: url }).get(DatabaseConfig)
  const [signals, metrics] = [new SignalsRecorder(), new MetricsRecorder()]
  const databases = new Databases({ config, entities: options.entities ?? [], signals, metrics })
  await databases.open()
  const close = async (): Promise<void> => {
    await databases.close()
    await (hasFailedTests() ? keep(name) : dropDatabase(server, name))
  }
  return { database: databases.of(modules[0]!.schema), databases, config, url, signals, metrics, close }
}

async function keep(name: string): Promise<void> {
  process.stderr.write(`A test failed: its database ${name} is kept on the test server (${keepServer()})\n`)
}
