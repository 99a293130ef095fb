import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { processEnvironment } from '@kilomega/config'

const run = promisify(execFile)

/** Runs once before the processes: migrates the database of `DATABASE_URL` to the schema of all modules. */
export async function migrate(folder: string, settings: Record<string, string>): Promise<void> {
  const env = { PATH: processEnvironment()['PATH'], ...settings }
  await run(process.execPath, [join(import.meta.dirname, '../dist/migrate.js')], { cwd: folder, env })
}
