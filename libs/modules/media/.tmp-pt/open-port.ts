import { MemorySecretStore } from '@kilomega/config'
import { Databases } from '@kilomega/database'
import { bind, type Implementation, ledgerMigrations, Outbox } from '@kilomega/messaging'
import { type Actor, type AnyPort, type Clock, CurrentCall, type NewEvent, runCall } from '@kilomega/ports'
import { loadApp } from '@kilomega/process'
import { openApp } from '../../../platform/process/src/open-app.js'
import { migrateQueue } from '@kilomega/queue'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common'
import { testSchemas } from './test-schemas.js'

export interface PortSurroundings {
  /** Ports of other modules, see `standIn`. */
  others?: DynamicModule[]
  /** Settings besides those of the database. */
  environment?: Record<string, string>
  clock?: Clock
  wireHonest?: boolean
}

export interface OpenedPort<P extends AnyPort> {
  port: InstanceType<P>
  /** Runs work as a call of that actor. */
  as<T>(actor: Actor, work: () => Promise<T>): Promise<T>
  /** Tells events as the modules would whose they are. */
  tell(...events: NewEvent[]): Promise<void>
  /** Anything that the module or the platform provides. */
  get<T>(token: abstract new (...parameters: never[]) => T): T
  database: TestDatabase
  close(): Promise<void>
}

/** A module on the whole platform, with a real database of its own, and a client of its port. */
export async function openPort<P extends AnyPort>(implementation: Implementation<P>, surroundings: PortSurroundings = {}): Promise<OpenedPort<P>> {
  const { others = [], environment = {}, clock, wireHonest = true } = surroundings
  const database = await openDatabase({ modules: testSchemas(implementation), platform: ledgerMigrations })
  await migrateQueue(database.url)

  @Module({ imports: [bind(implementation.port, async () => ({ implementation })), ...others] })
  class TestApp {}

  const settings = { ...environment, DATABASE_URL: database.url }
  const loaded = await loadApp(TestApp, { stage: 'test', environment: settings, secrets: new MemorySecretStore() })
  const app = await openApp(loaded, { ...(clock && { clock }), wireHonest })
  return opened(implementation.port, app, database)
}

function opened<P extends AnyPort>(port: P, app: INestApplicationContext, database: TestDatabase): OpenedPort<P> {
  const get: OpenedPort<P>['get'] = (token) => app.get(token, { strict: false })
  return {
    port: get(port) as InstanceType<P>,
    as: (actor, work) => runCall(new CurrentCall({ actor, trace: { requestId: 'test' } }), work),
    tell: async (...events) => {
      for (const event of events) {
        await get(Databases)
          .of(event.definition.module)
          .write((transaction) => get(Outbox).add(transaction, event))
      }
    },
    get,
    database,
    async close() {
      await app.close()
      await database.close()
    },
  }
}
