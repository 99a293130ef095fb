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

/** Parts of the platform that tests may replace. */
export interface Replacements {
  clock?: Clock
  /** Whether local ports behave as they would over a wire. Default: everywhere except in production. */
  wireHonest?: boolean
  /** Wraps the transports to local ports. Default: no wrapping. */
  around?: Around
}

/** Adds the platform to an application: each of its modules can depend on Database, Outbox, Jobs, Clock, its configuration and all ports. */
export function rootModule({ app, stage, implementations, values }: LoadedApp, { clock, wireHonest, around }: Replacements = {}): DynamicModule {
  const valuesModule = {
    module: class ValuesModule {},
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
      valuesModule,
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
