import { type Environment, loadConfig, MemorySecretStore } from '@kilomega/config'
import { IdentityConfig } from '../src/identity.config.js'

/** The slice as a process has it outside of production, with what is given in place of what would be generated. */
export const identityConfig = (environment: Environment = {}): IdentityConfig =>
  loadConfig([IdentityConfig], environment, new MemorySecretStore()).get(IdentityConfig)
