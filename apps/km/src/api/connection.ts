import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, type Environment, loadConfig, processEnvironment, Secret } from '@kilomega/config'
import { Failure } from '../failure.js'
import { KmConfig } from '../km.config.js'
import { readShapeRecord } from '../shape/shape-record.js'
import { dataFolder } from '../start/paths.js'
import { HttpClient } from './http-client.js'
import { SavedSession } from './saved-session.js'

/** How the command line reaches the API. */
export interface Connection {
  api: HttpClient
  internal: HttpClient
  /** An admin's token: the configured one, else that of `km login`, else the operator's of a local development server; fails with a clear message if there is none. */
  operator(): Promise<Secret>
}

export function connect(): Connection {
  const { url, internalUrl, token } = settings()
  const api = new HttpClient(url)
  const session = new SavedSession(api)
  const operator = async () => token ?? (await session.accessToken()) ?? operatorToken()
  return { api, internal: new HttpClient(internalUrl), operator }
}

function settings() {
  try {
    return loadConfig([KmConfig], { ...addressesHere(), ...ownVariables(processEnvironment()) }).get(KmConfig)
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(error.message)
    throw error
  }
}

/** A system that runs in this folder is found whatever its ports are. */
function addressesHere(): Environment {
  const shape = readShapeRecord()
  return shape === undefined ? {} : { KILOMEGA_URL: shape.url, KILOMEGA_INTERNAL_URL: shape.internalUrl }
}

/** An empty variable counts as unset. Variables of the test harness share our prefix and are left out. */
const ownVariables = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name, value]) => value !== '' && value !== undefined && !name.startsWith('KILOMEGA_TEST_')))

function operatorToken(): Secret {
  const file = join(dataFolder, 'secrets/IDENTITY_OPERATOR_TOKEN')
  try {
    return new Secret(readFileSync(file, 'utf8').trim())
  } catch {
    throw new Failure(
      `There is no operator's token at ${file}: start the API with npm start, sign in with km login EMAIL, or set KILOMEGA_TOKEN to an admin's token`,
    )
  }
}
