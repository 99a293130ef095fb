import { processEnvironment } from '@kilomega/config'
import { awaitServer, DatabaseConfig } from '@kilomega/database'
import type { Type } from '@nestjs/common'
import { messageOf } from './failure-text.js'
import { loadApp } from './loaded-app.js'
import { loadOptionsOf } from './load-options.js'
import { planLoaded } from './schemas.js'

/** Prints, as JSON, what `migrateApp` would do now and what that locks. Changes nothing. Exit code 1 if it fails. */
export async function planApp(application: Type): Promise<void> {
  try {
    const loaded = await loadApp(application, loadOptionsOf({ ...processEnvironment(), REMOTE_PORTS: undefined }))
    const { url, startWaitMs } = loaded.values.get(DatabaseConfig)
    await awaitServer(url, startWaitMs, (reason) => process.stderr.write(`Waiting up to ${startWaitMs / 1_000} s for the database (${reason})\n`))
    process.stdout.write(`${JSON.stringify(await planLoaded(loaded))}\n`)
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  }
}
