import type { ConfigValues } from '@kilomega/config'
import { DatabaseModule } from '@kilomega/database'
import { HttpModule } from '@kilomega/http'
import { type Around, MessagingModule, Strictness } from '@kilomega/messaging'
import { ObservabilityModule } from '@kilomega/observability'
import { Clock, SystemClock } from '@kilomega/ports'
import { QueueConfig, QueueModule } from '@kilomega/queue'
import { StorageModule } from '@kilomega/storage'
import type { DynamicModule } from '@nestjs/common'
import type { LoadedApp } from './loaded-app.js'
import { Presence } from './presence.js'
import { Unhandled } from './unhandled.js'

/** What tests may put in place of the platform's own. */
export interface Replacements {
  clock?: Clock
  /** Whether ports within this process behave as over a wire; by default everywhere but in production. */
  wireHonest?: boolean
  /** What happens to deliveries on their way to ports within this process; by default nothing. */
  around?: Around
}

/** Lays the platform under an application: every module of it may name Database, Outbox, Jobs, Clock, its configuration and all ports as dependencies. */
export function rootModule({ app, stage, implementations, values }: LoadedApp, { clock, wireHonest, around }: Replacements = {}): DynamicModule {
  const surroundings = {
    module: class Surroundings {},
    global: true,
    providers: [
      ...settings(values),
      { provide: Clock, useValue: clock ?? new SystemClock() },
      { provide: Strictness, useValue: { wireHonest: wireHonest ?? stage !== 'production', around } },
    ],
    exports: [...values.slices(), Clock, Strictness],
  }
  return {
    module: class Root {},
    providers: [Presence, Unhandled],
    imports: [
      surroundings,
      ObservabilityModule,
      DatabaseModule.forProcess(implementations.flatMap(({ entities }) => entities)),
      MessagingModule.forProcess(implementations),
      QueueModule.forProcess(implementations, values.get(QueueConfig)),
      StorageModule,
      HttpModule,
      app,
    ],
  }
}

const settings = (values: ConfigValues) => values.slices().map((slice) => ({ provide: slice, useValue: values.get(slice) as object }))
