import { MemorySecretStore } from '@kilomega/config'
import { Databases } from '@kilomega/database'
import { type Around, bind, type Implementation, ledgerMigrations, Outbox } from '@kilomega/messaging'
import { type Actor, type AnyPort, type Clock, CurrentCall, type NewEvent, runCall } from '@kilomega/ports'
import { loadApp, openApp } from '@kilomega/process'
import { migrateQueue } from '@kilomega/queue'
import { openDatabase, type TestDatabase } from '@kilomega/testing'
import { type INestApplicationContext, Module } from '@nestjs/common'
import type { StandIn } from './stand-in.js'
import { testSchemas } from './test-schemas.js'

export interface PortOptions {
  /** Ports of other modules, see `standIn`. */
  others?: StandIn[]
  /** Settings in addition to those of the database. */
  environment?: Record<string, string>
  clock?: Clock
  /** Where generated secrets are kept; by default in a store of its own. */
  secrets?: MemorySecretStore
  wireHonest?: boolean
  /** Runs on the migrated database before the module starts. */
  prepare?: (database: TestDatabase) => Promise<void>
  /** Wraps the transport; see `deliveredTwice`. */
  around?: Around
}

export interface OpenedPort<P extends AnyPort> {
  port: InstanceType<P>
  /** Runs work as a call of that actor. */
  as<T>(actor: Actor, work: () => Promise<T>): Promise<T>
  /** Emits events as their own modules would. */
  tell(...events: NewEvent[]): Promise<void>
  /** Returns any provider of the module or the platform. */
  get<T>(token: abstract new (...parameters: never[]) => T): T
  database: TestDatabase
  close(): Promise<void>
}

/** Opens a module on the whole platform, with its own real database and a client of its port. */
export async function openPort<P extends AnyPort>(implementation: Implementation<P>, options: PortOptions = {}): Promise<OpenedPort<P>> {
  const { others = [], environment = {}, clock, secrets = new MemorySecretStore(), wireHonest = true, around, prepare } = options
  const database = await openDatabase({ modules: testSchemas(implementation, others), platform: ledgerMigrations })
  await migrateQueue(database.url)
  await prepare?.(database)

  @Module({ imports: [bind(implementation.port, async () => ({ implementation })), ...others.map(({ module }) => module)] })
  class TestApp {}

  const settings = { LOG_LEVEL: 'silent', ...environment, DATABASE_URL: database.url }
  const loaded = await loadApp(TestApp, { stage: 'test', environment: settings, secrets })
  const app = await openApp(loaded, { ...(clock && { clock }), ...(around && { around }), wireHonest })
  const close = async (): Promise<void> => {
    await app.close()
    await database.close()
  }
  return openedPort(implementation.port, { caller: app, inside: app, database, close })
}

interface OpenedParts {
  /** Has a client of the port, and the ledgers of the modules that emit events. */
  caller: INestApplicationContext
  /** Has the module. */
  inside: INestApplicationContext
  database: TestDatabase
  close: () => Promise<void>
}

export function openedPort<P extends AnyPort>(port: P, { caller, inside, database, close }: OpenedParts): OpenedPort<P> {
  const from =
    (app: INestApplicationContext): OpenedPort<P>['get'] =>
    (token) =>
      app.get(token, { strict: false })
  return {
    port: from(caller)(port) as InstanceType<P>,
    as: (actor, work) => runCall(new CurrentCall({ actor, trace: { requestId: 'test' } }), work),
    tell: async (...events) => {
      for (const event of events) {
        await from(caller)(Databases)
          .of(event.definition.module)
          .write((transaction) => from(caller)(Outbox).add(transaction, event))
      }
    },
    get: from(inside),
    database,
    close,
  }
}
