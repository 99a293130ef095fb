import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@kilomega/config'
import { urlOf } from './first-connection.js'
import { readPostmaster, runsIn } from './postmaster.js'

/** The connection string of the embedded server that runs in a folder, whichever process started it; undefined if none does. */
export function runningUrl(folder: string, database = 'kilomega'): Secret | undefined {
  if (!existsSync(folder)) return undefined
  const home = realpathSync(folder)
  const postmaster = readPostmaster(join(home, 'data'))
  if (postmaster === undefined || !runsIn(join(home, 'data'), postmaster.pid)) return undefined
  return new Secret(urlOf({ port: postmaster.port, password: readFileSync(join(home, 'password'), 'utf8'), database }))
}
