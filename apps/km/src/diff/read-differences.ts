import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { processEnvironment } from '@kilomega/config'
import type { ModuleDifferences } from '@kilomega/process'
import { databaseUrl } from '../commands/database-url.js'
import { Failure } from '../failure.js'
import { root, workFolder } from '../start/paths.js'
import { requireKnown } from '../terminal/known-name.js'

export type Differences = NonNullable<ModuleDifferences['found']>

const shownLines = 15
/** It takes some two seconds; TypeORM's statements have no limit of their own. */
const limitMs = 120_000

/** Compares the entities of a module with the database, by a process of the API, which knows all modules. */
export async function readDifferences(module: string): Promise<Differences> {
  const url = databaseUrl(`db diff ${module}`).reveal()
  const environment = { NODE_ENV: 'development', ...processEnvironment(), DATABASE_URL: url, DATABASE_URL_FILE: undefined }
  const { modules, found } = JSON.parse(await ask(module, environment)) as ModuleDifferences
  requireKnown('module', module, modules)
  if (found === undefined) throw new Failure(`The API does not compare ${module}: build it again with npm run build`)
  return found
}

async function ask(module: string, env: NodeJS.ProcessEnv): Promise<string> {
  const program = ['--enable-source-maps', join(root, 'apps/api/dist/differences.js'), module]
  try {
    return (await promisify(execFile)(process.execPath, program, { cwd: workFolder, env, timeout: limitMs, maxBuffer: 64 * 1_024 * 1_024 })).stdout
  } catch (error) {
    const { stderr, killed, message } = error as Error & { stderr?: string; killed?: boolean }
    if (killed) throw new Failure(`The database did not answer within ${limitMs / 1_000} s`)
    throw new Failure((stderr?.trim() || message).split('\n').slice(0, shownLines).join('\n'))
  }
}
