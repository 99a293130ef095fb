import { processEnvironment, Secret } from '@kilomega/config'
import { runningUrl } from '@kilomega/database'
import { Failure } from '../failure.js'
import { postgresFolder } from '../start/paths.js'

/** The database at DATABASE_URL, or else the one that runs in this folder; `command` is for the message if there is neither. */
export function databaseUrl(command: string): Secret {
  const given = processEnvironment()['DATABASE_URL']
  const url = given ? new Secret(given) : runningUrl(postgresFolder)
  if (url !== undefined) return url
  throw new Failure(
    `DATABASE_URL is not set, and no PostgreSQL runs in this folder: start it with npm start, or say which database, as in DATABASE_URL=postgres://… npx km ${command}`,
  )
}
