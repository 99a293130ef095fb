import { type AnySlice, type ConfigValues, type Environment, loadConfig, type SecretStore, type Stage } from '@kilomega/config'
import { DatabaseConfig } from '@kilomega/database'
import { HttpConfig } from '@kilomega/http'
import { Binding, type Implementation, MessagingModule } from '@kilomega/messaging'
import { LogConfig } from '@kilomega/observability'
import { QueueModule } from '@kilomega/queue'
import { StorageConfig } from '@kilomega/storage'
import type { Type } from '@nestjs/common'
import { ProcessConfig } from './process.config.js'

/** An application whose modules are imported and whose configuration is checked: all that can be known before anything connects. */
export interface LoadedApp {
  app: Type
  stage: Stage
  implementations: Implementation[]
  values: ConfigValues
}

export interface Surroundings {
  environment: Environment
  stage: Stage
  /** Where generated secrets are kept; none in production, where each has to be given. */
  secrets: SecretStore | undefined
}

export const platformSlices: readonly AnySlice[] = [
  ProcessConfig,
  LogConfig,
  DatabaseConfig,
  ...MessagingModule.config,
  ...QueueModule.config,
  StorageConfig,
  HttpConfig,
]

/** Imports the modules that an application binds here, then checks the configuration of exactly what was imported. */
export async function loadApp(app: Type, { environment, stage, secrets }: Surroundings): Promise<LoadedApp> {
  const implementations = await Promise.all(bindingsOf(app).map((binding) => binding.open()))
  const slices = new Set([...platformSlices, ...implementations.flatMap(({ config }) => config)])
  return { app, stage, implementations, values: loadConfig([...slices], environment, secrets) }
}

const bindingsOf = (app: Type): Binding[] => ((Reflect.getMetadata('imports', app) ?? []) as unknown[]).filter((part) => part instanceof Binding)
