import { Health, Metrics, Signals, StopBudget } from '@kilomega/observability'
import { Clock } from '@kilomega/ports'
import { type DynamicModule, Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common'
import { getRepositoryToken } from '@nestjs/typeorm'
import { Broadcast } from './broadcast.js'
import { PostgresBroadcast } from './broadcast.postgres.js'
import { ClockWatch } from './clock-watch.js'
import { AnchoredClock, DatabaseClock } from './database-clock.js'
import { DatabaseConfig } from './database.config.js'
import { Database } from './database.js'
import { Databases } from './databases.js'
import type { Entity, EntityClass } from './entity-source.js'

/** Connects before any module runs its own start-up code, and closes after all modules have finished theirs: the order in which Nest treats global modules. */
@Injectable()
class DatabaseLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly databases: Databases,
    private readonly broadcast: PostgresBroadcast,
    private readonly clock: ClockWatch,
    private readonly health: Health,
    private readonly stopBudget: StopBudget,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.databases.open()
    this.databases.registerChecks(this.health)
    await this.clock.start(this.health)
  }

  async onApplicationShutdown(): Promise<void> {
    this.clock.stop()
    const closed = this.broadcast.close().then(() => this.databases.close())
    await this.stopBudget.share('pools').within('connections to the database', closed)
  }
}

const clocks = [
  { provide: AnchoredClock, useFactory: (databases: Databases) => new AnchoredClock(databases.of('platform')), inject: [Databases] },
  { provide: DatabaseClock, useExisting: AnchoredClock },
  {
    provide: ClockWatch,
    useFactory: (own: Clock, database: AnchoredClock, signals: Signals) => new ClockWatch({ own, database, signals }),
    inject: [Clock, AnchoredClock, Signals],
  },
]

@Module({})
export class DatabaseModule {
  /** Once per process: the pool, with the entities of all its modules. Global. */
  static forProcess(entities: readonly Entity[]): DynamicModule {
    const databases = {
      provide: Databases,
      useFactory: (config: DatabaseConfig, signals: Signals, metrics: Metrics) => new Databases({ config, entities, signals, metrics }),
      inject: [DatabaseConfig, Signals, Metrics],
    }
    const broadcast = {
      provide: PostgresBroadcast,
      useFactory: (databases: Databases, signals: Signals) => new PostgresBroadcast(databases, signals),
      inject: [Databases, Signals],
    }
    return {
      module: DatabaseModule,
      global: true,
      providers: [databases, broadcast, { provide: Broadcast, useExisting: PostgresBroadcast }, ...clocks, DatabaseLifecycle],
      exports: [Databases, Broadcast, DatabaseClock],
    }
  }

  /**
   * In each module: `Database` as this module sees it, bound to the Postgres schema with the module's name, and a repository for each entity, as
   * `@InjectRepository` asks for it.
   */
  static forSchema(schema: string, entities: readonly EntityClass[] = []): DynamicModule {
    const database = { provide: Database, useFactory: (databases: Databases) => databases.of(schema), inject: [Databases] }
    const repositories = entities.map((entity) => ({
      provide: getRepositoryToken(entity),
      useFactory: (databases: Databases) => databases.of(schema).repository(entity),
      inject: [Databases],
    }))
    return { module: DatabaseModule, providers: [database, ...repositories], exports: [Database, ...repositories.map(({ provide }) => provide)] }
  }
}
