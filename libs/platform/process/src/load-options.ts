import { type Environment, FileSecretStore, MemorySecretStore, stage as stageOf } from '@kilomega/config'
import type { Surroundings } from './loaded-app.js'

/** Generated secrets of development, below the folder in which the process was started. */
export const secretsFolder = '.kilomega/secrets'

export function surroundingsOf(environment: Environment): Surroundings {
  const stage = stageOf(environment)
  const secrets = { development: () => new FileSecretStore(secretsFolder), test: () => new MemorySecretStore(), production: () => undefined }
  return { environment, stage, secrets: secrets[stage]() }
}
