import { type Environment, loadConfig, MemorySecretStore, type SecretStore } from '@kilomega/config'
import { IdentityPort, KnownTokens } from '@kilomega/contracts'
import { DatabaseConfig, DatabaseModule } from '@kilomega/database'
import { ledgerMigrations, MessagingModule, Strictness } from '@kilomega/messaging'
import { Health, Metrics, Signals, StopBudget } from '@kilomega/observability'
import { Clock, honest, portClient, portHandler } from '@kilomega/ports'
import { Jobs } from '@kilomega/queue'
import { FakeClock, MetricsRecorder, openDatabase, SignalsRecorder, type TestDatabase } from '@kilomega/testing'
import { Test } from '@nestjs/testing'
import { IdentityJobs } from '../src/identity.jobs.js'
import { IdentityService } from '../src/identity.service.js'
import { implementation } from '../src/index.js'
import { HeldJobs } from './held-jobs.js'
import { IdentityInstance } from './identity-instance.js'

export interface IdentityOptions {
  settings?: Environment
  clock?: FakeClock
  /** Keys and tokens that processes of one system share. */
  secrets?: SecretStore
}

/** A migrated database for identity: one per test file, for any number of processes. */
export const openIdentityDatabase = (): Promise<TestDatabase> =>
  openDatabase({ schema: 'identity', migrations: implementation.migrations, platform: ledgerMigrations, entities: implementation.entities })

/** The module as in one process, with its port behind JSON. Close it before its database. */
export async function openIdentity(database: TestDatabase, options: IdentityOptions = {}): Promise<IdentityInstance> {
  const parts = { clock: options.clock ?? new FakeClock(new Date().toISOString()), metrics: new MetricsRecorder(), signals: new SignalsRecorder() }
  const application = await Test.createTestingModule({
    imports: [
      surroundings(database, parts, options),
      DatabaseModule.forProcess(implementation.entities),
      MessagingModule.forProcess([]),
      implementation.module,
    ],
  }).compile()
  application.enableShutdownHooks()
  await application.init()
  const service = application.get(IdentityService, { strict: false })
  const identity = portClient(IdentityPort, honest(portHandler(IdentityPort, service)), { checkAnswers: true })
  const get = <T>(token: abstract new (...parts: never[]) => T): T => application.get<T>(token, { strict: false })
  const work = { jobs: get(IdentityJobs), known: get(KnownTokens), held: (get(Jobs) as HeldJobs).held }
  return new IdentityInstance(identity, { ...parts, ...work, database: database.database, close: () => application.close() })
}

type Parts = Pick<IdentityInstance['parts'], 'clock' | 'metrics' | 'signals'>

function surroundings(
  { url }: TestDatabase,
  { clock, metrics, signals }: Parts,
  { settings = {}, secrets = new MemorySecretStore() }: IdentityOptions,
) {
  const slices = [DatabaseConfig, ...MessagingModule.config, ...implementation.config]
  const values = loadConfig(slices, { DATABASE_URL: url, ...settings }, secrets)
  const health = { register: () => undefined, drain: () => undefined, report: async () => ({ ready: true, checks: [] }) }
  return {
    module: class Surroundings {},
    global: true,
    providers: [
      ...slices.map((slice) => ({ provide: slice, useValue: values.get(slice) as object })),
      { provide: Clock, useValue: clock },
      { provide: Metrics, useValue: metrics },
      { provide: Signals, useValue: signals },
      { provide: Health, useValue: health },
      StopBudget,
      { provide: Strictness, useValue: { wireHonest: true } },
      { provide: Jobs, useClass: HeldJobs },
    ],
    exports: [...slices, Clock, Metrics, Signals, Health, StopBudget, Strictness, Jobs],
  }
}
