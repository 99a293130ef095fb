import { type Environment, loadConfig, MemorySecretStore } from '@kilomega/config'
import { IdentityConfig } from '../src/identity.config.js'

/** The configuration of a process outside production; the given values replace those that would be generated. */
export const identityConfig = (environment: Environment = {}): IdentityConfig =>
  loadConfig([IdentityConfig], environment, new MemorySecretStore()).get(IdentityConfig)
