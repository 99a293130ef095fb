import { type Environment, FileSecretStore, MemorySecretStore, stage as stageOf } from '@kilomega/config'
import type { LoadOptions } from './loaded-app.js'

/** Folder of the secrets generated in development, relative to the folder in which the process was started. */
export const secretsFolder = '.kilomega/secrets'

export function loadOptionsOf(environment: Environment): LoadOptions {
  const stage = stageOf(environment)
  const secrets = { development: () => new FileSecretStore(secretsFolder), test: () => new MemorySecretStore(), production: () => undefined }
  return { environment, stage, secrets: secrets[stage]() }
}
