import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BindingsReport, natsAuthorization } from '@kilomega/messaging'
import { mainFileOf } from '../start/paths.js'
import type { NatsKey } from './nats-keys.js'

/** Permissions on NATS, as files for its server and for the applications. */
export interface NatsConfiguration {
  keys: NatsKey[]
  trustedKeys: string[]
  /** In the configuration language of nats-server. */
  text: string
}

/** Derived from what each application binds. All five are asked at once, which takes 2 to 4 s on two cores. */
export async function natsConfigurationOf(keys: NatsKey[]): Promise<NatsConfiguration> {
  const users = await Promise.all(keys.map(async ({ name, publicKey }) => ({ name, publicKey, bindings: await bindingsOf(name) })))
  const text = `# Made by km nats-config from what each application binds: who may connect, and what each may do.\n${natsAuthorization(users)}`
  return { keys, trustedKeys: keys.map(({ publicKey }) => publicKey), text }
}

/** The setting that tells applications which keys to trust. */
export const trustedKeysLine = ({ trustedKeys }: NatsConfiguration): string => `NATS_TRUSTED_KEYS=${trustedKeys.join(',')}`

/** Written next to the keys: `nats-server.conf` for the server, `trusted-keys.env` for the applications. They contain no secrets. */
export function writeNatsFiles(folder: string, configuration: NatsConfiguration): { serverFile: string; environmentFile: string } {
  const [serverFile, environmentFile] = [join(folder, 'nats-server.conf'), join(folder, 'trusted-keys.env')]
  writeFileSync(serverFile, configuration.text)
  writeFileSync(environmentFile, `${trustedKeysLine(configuration)}\n`)
  return { serverFile, environmentFile }
}

async function bindingsOf(app: string): Promise<BindingsReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [mainFileOf(app), '--bindings'])
  return JSON.parse(stdout) as BindingsReport
}
