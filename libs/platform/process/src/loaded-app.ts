import { type AnySlice, ConfigError, type ConfigValues, type Environment, loadConfig, type SecretStore, type Stage } from '@kilomega/config'
import { DatabaseConfig } from '@kilomega/database'
import { HttpConfig } from '@kilomega/http'
import { Binding, type Implementation, MessagingModule, NatsConfig, problemsOfNats, problemsOfRemote, RemoteConfig } from '@kilomega/messaging'
import { LogConfig } from '@kilomega/observability'
import { problemsOfQueue, QueueConfig, QueueModule } from '@kilomega/queue'
import { StorageConfig } from '@kilomega/storage'
import type { Type } from '@nestjs/common'
import { ProcessConfig } from './process.config.js'

/** An application whose modules are imported and whose configuration is checked: everything that is known before anything connects. */
export interface LoadedApp {
  app: Type
  stage: Stage
  implementations: Implementation[]
  values: ConfigValues
}

export interface LoadOptions {
  environment: Environment
  stage: Stage
  /** Where generated secrets are stored; undefined in production, where each has to be given. */
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

/**
 * Imports the modules that an application binds here, then checks the configuration of exactly these modules. Ports in `REMOTE_PORTS`,
 * and those bound without a module, are answered by other processes, and their modules are not imported.
 */
export async function loadApp(app: Type, { stage, environment, secrets }: LoadOptions): Promise<LoadedApp> {
  const bindings = bindingsOf(app)
  const { ports } = loadConfig([RemoteConfig], environment).get(RemoteConfig)
  const [remote, local] = [bindings.filter((binding) => isRemote(binding, ports)), bindings.filter((binding) => !isRemote(binding, ports))]
  remote.forEach((binding) => binding.useRemote())
  const implementations = await Promise.all(local.map((binding) => binding.open()))
  const slices = new Set([...platformSlices, ...implementations.flatMap(({ config }) => config)])
  const values = loadConfig([...slices], environment, secrets)
  const [nats, remoteConfig] = [values.get(NatsConfig), values.get(RemoteConfig)]
  const problems = [...problemsOfRemote(remoteConfig, nats, bindings), ...problemsOfNats(nats), ...problemsOfQueue(values.get(QueueConfig))]
  if (problems.length > 0) throw new ConfigError(problems)
  return { app, stage, implementations, values }
}

const isRemote = ({ hasModule, port }: Binding, ports: readonly string[]): boolean => !hasModule || ports.includes(port.portName)

export const bindingsOf = (app: Type): Binding[] =>
  ((Reflect.getMetadata('imports', app) ?? []) as unknown[]).filter((part) => part instanceof Binding)
