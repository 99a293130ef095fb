import { setTimeout as wait } from 'node:timers/promises'
import { HealthBoard, Health, Metrics, ProcessMetrics, Signals, StopBudget } from '@kilomega/observability'
import { Clock, SystemClock } from '@kilomega/ports'
import { type INestApplicationContext, Injectable, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { configOf, RecordedSignals, startServer } from '../test/server.js'
import { Broadcast } from './broadcast.js'
import { DatabaseConfig } from './database.config.js'
import { DatabaseModule } from './database.module.js'
import { Database } from './database.js'
import { EmbeddedPostgres } from './embedded/embedded-postgres.js'

/** In milliseconds. A health report is reused for this long. */
const reportAgeMs = 1_000

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
      { provide: Signals, useClass: RecordedSignals },
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
    { name: 'database-room', required: false, up: true },
    { name: 'clock', required: false, up: true },
  ])
})

it('reports for a while that the disk of its database is full, and stays ready for reads', async () => {
  const full = `DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`
  const { database } = app.get(Notes, { strict: false })
  await expect(database.write((transaction) => transaction.query(full))).rejects.toMatchObject({ code: 'DATABASE_FULL' })
  const problem = 'the disk of the database is full: writes fail'
  const room = { name: 'database-room', required: false, up: false, problem }
  await wait(reportAgeMs + 100)
  const { ready, checks } = await app.get(Health).report()
  expect(ready).toBe(true)
  expect(checks).toContainEqual(room)
})

it('connects before modules start and closes after they have stopped', async () => {
  await app.close()
  expect(seen).toEqual([[{ started: 1 }], [{ stopping: 1 }]])
})
