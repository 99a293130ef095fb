import { HealthBoard, Health, Metrics, ProcessMetrics, Signals, StopBudget } from '@kilomega/observability'
import { Clock, SystemClock } from '@kilomega/ports'
import { type INestApplicationContext, Injectable, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { configOf, HeardSignals, startServer } from '../test/server.js'
import { Broadcast } from './broadcast.js'
import { DatabaseConfig } from './database.config.js'
import { DatabaseModule } from './database.module.js'
import { Database } from './database.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'

const seen: unknown[] = []

@Injectable()
class Notes implements OnModuleInit, OnModuleDestroy {
  constructor(
    readonly database: Database,
    readonly broadcast: Broadcast,
  ) {}

  async onModuleInit(): Promise<void> {
    seen.push(await this.database.write((transaction) => transaction.manager.query('SELECT 1 AS started')))
  }

  async onModuleDestroy(): Promise<void> {
    seen.push(await this.database.read((queryable) => queryable.query('SELECT 1 AS stopping')))
  }
}

@Injectable()
class Search {
  constructor(readonly database: Database) {}
}

@Module({ imports: [DatabaseModule.forSchema('notes')], providers: [Notes] })
class NotesModule {}

@Module({ imports: [DatabaseModule.forSchema('search')], providers: [Search] })
class SearchModule {}

let folder: string
let app: INestApplicationContext

beforeAll(async () => {
  const started = await startServer()
  folder = started.folder
  const surroundings = {
    module: class Surroundings {},
    global: true,
    providers: [
      { provide: DatabaseConfig, useValue: configOf(started.server) },
      { provide: Signals, useClass: HeardSignals },
      { provide: Metrics, useClass: ProcessMetrics },
      { provide: Health, useClass: HealthBoard },
      { provide: Clock, useClass: SystemClock },
      StopBudget,
    ],
    exports: [DatabaseConfig, Signals, Metrics, Health, Clock, StopBudget],
  }
  const root = { module: class Root {}, imports: [NotesModule, SearchModule, surroundings, DatabaseModule.forProcess([])] }
  app = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false })
})
afterAll(() => EmbeddedPostgres.remove(folder))

it('each module gets the database bound to its own schema', () => {
  expect(app.get(Notes, { strict: false }).database.schema).toBe('notes')
  expect(app.get(Search, { strict: false }).database.schema).toBe('search')
})

it('the process is ready while its database answers', async () => {
  expect((await app.get(Health).report()).checks).toEqual([
    { name: 'database', required: true, up: true },
    { name: 'clock', required: false, up: true },
  ])
})

it('connects before modules begin and closes after they have stopped', async () => {
  await app.close()
  expect(seen).toEqual([[{ started: 1 }], [{ stopping: 1 }]])
})
