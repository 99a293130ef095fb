import { ConfigError, loadConfig, processEnvironment, type Secret } from '@kilomega/config'
import { DatabaseConfig, runningUrl } from '@kilomega/database'
import { Failure } from '../failure.js'
import { postgresFolder } from '../start/paths.js'
import { primaryName } from '../start/primary-name.js'

/** The database at DATABASE_URL, or else the one that runs in this folder; `command` is for the message if there is neither. */
export function databaseUrl(command: string): Secret {
  const url = givenUrl() ?? runningUrl(postgresFolder(primaryName()))
  if (url !== undefined) return url
  throw new Failure(
    `DATABASE_URL is not set, and no PostgreSQL runs in this folder: start it with npm start, or say which database, as in DATABASE_URL=postgres://… npx km ${command}`,
  )
}

function givenUrl(): Secret | undefined {
  const { DATABASE_URL, DATABASE_URL_FILE } = processEnvironment()
  if (!DATABASE_URL && !DATABASE_URL_FILE) return undefined
  try {
    return loadConfig([DatabaseConfig], { ...(DATABASE_URL && { DATABASE_URL }), ...(DATABASE_URL_FILE && { DATABASE_URL_FILE }) }).get(
      DatabaseConfig,
    ).url
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(error.message)
    throw error
  }
}
