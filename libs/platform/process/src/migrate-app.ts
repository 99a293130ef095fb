import { processEnvironment } from '@kilomega/config'
import { awaitServer, DatabaseConfig } from '@kilomega/database'
import type { Type } from '@nestjs/common'
import { backfillLines } from './backfill-lines.js'
import { messageOf } from './failure-text.js'
import { loadApp } from './loaded-app.js'
import { migrateLoaded } from './schemas.js'
import { loadOptionsOf } from './load-options.js'

const print = (line: string): boolean => process.stdout.write(`${line}\n`)

/** The step before the processes start: migrates the database to what an application needs, and prints what it did. Exit code 1 if it fails. */
export async function migrateApp(application: Type): Promise<void> {
  try {
    // Tables do not depend on which process answers a port: those of a module that has moved out are migrated here too.
    const loaded = await loadApp(application, loadOptionsOf({ ...processEnvironment(), REMOTE_PORTS: undefined }))
    const { url, startWaitMs } = loaded.values.get(DatabaseConfig)
    await awaitServer(url, startWaitMs, (reason) => print(`Waiting up to ${startWaitMs / 1_000} s for the database (${reason})`))
    const onStep = (schema: string, name: string) => print(`${schema}: ${name}`)
    const done = await migrateLoaded(loaded, { onStep, onProgress: backfillLines(print) })
    print(done === 0 ? 'The database is up to date' : `${done} steps done`)
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  }
}
