import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Environment } from '@kilomega/config'
import { Failure } from '../failure.js'
import { MigrationStamp } from './migration-stamp.js'
import { postgresFolder, root, workFolder } from './paths.js'
import { primaryName } from './primary-name.js'

/** Migrates the database of `DATABASE_URL` to the schema of this build, with the API's own list of modules. */
export async function migrate(environment: Environment): Promise<void> {
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'apps/api/dist/migrate.js')], {
    cwd: workFolder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code === 0) return
  const words = output.trim().split('\n').slice(0, 15).join('\n')
  // A wrong setting is not the database's fault; the message says what it is.
  throw new Failure(words.startsWith('The configuration') ? words : `The database could not be migrated:\n${words}`)
}

/** Like `migrate`, but skips our own PostgreSQL if this same build has already migrated it. */
export async function migrateWhenNeeded(environment: Environment, isOurs: boolean, show: (work: Promise<void>) => Promise<void>): Promise<void> {
  const stamp = isOurs ? new MigrationStamp(postgresFolder(primaryName())) : undefined
  if (stamp?.isCurrent()) return
  await show(migrate(environment))
  stamp?.set()
}
