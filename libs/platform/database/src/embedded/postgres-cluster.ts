import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'
import type { PostgresBinaries } from './postgres-binaries.js'
import { serverAccount } from './server-account.js'
import { startProblem } from './start-problem.js'

const majorVersion = '18'
const unfinished = 'data.unfinished'
export const superuser = 'kilomega'

/** Text sort order does not depend on the operating system: C.UTF-8 is built into the server. */
const initdbArguments = [
  `--username=${superuser}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--no-instructions',
]

export interface Cluster {
  data: string
  password: string
}

/** The cluster in a folder, created on first use, which takes about one second. The data appears under its final name only when it is complete. */
export async function openCluster(folder: string, binaries: PostgresBinaries, durable: boolean): Promise<Cluster> {
  const data = join(folder, 'data')
  if (!existsSync(data)) await makeCluster(folder, binaries, durable)
  checkVersion(data)
  return { data, password: readFileSync(join(folder, 'password'), 'utf8') }
}

async function makeCluster(folder: string, binaries: PostgresBinaries, durable: boolean): Promise<void> {
  const empty = emptyDataFolder(folder)
  const password = randomBytes(24).toString('base64url')
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 })
  await withPasswordFile(folder, password, async (passwordFile) => {
    const options = [...initdbArguments, `--pgdata=${empty}`, `--pwfile=${passwordFile}`, ...(durable ? [] : ['--no-sync', '--no-data-checksums'])]
    await runInitdb(binaries.initdb, options, folder)
  })
  renameSync(empty, join(folder, 'data'))
}

function emptyDataFolder(folder: string): string {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(unfinished))) rmSync(join(folder, name), { recursive: true, force: true })
  // The `initdb` of a killed parent process may still be running in the previous one.
  const path = join(folder, `${unfinished}.${process.pid}`)
  mkdirSync(path, { mode: 0o700 })
  giveToServer(path)
  return path
}

/** Makes a file or folder belong to the account that the server runs under. */
export function giveToServer(path: string): void {
  const account = serverAccount()
  if (account) chownSync(path, account.uid, account.gid)
}

/** `initdb` reads the password under the server's account, which must not be able to read the copy that we keep. */
async function withPasswordFile(folder: string, password: string, work: (path: string) => Promise<void>): Promise<void> {
  const path = join(folder, 'password.initdb')
  rmSync(path, { force: true })
  writeFileSync(path, password, { mode: 0o600, flag: 'wx' })
  giveToServer(path)
  try {
    await work(path)
  } finally {
    rmSync(path, { force: true })
  }
}

async function runInitdb(initdb: string, options: string[], folder: string): Promise<void> {
  try {
    await promisify(execFile)(initdb, options, { ...serverAccount(), cwd: '/', env: {} })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw startProblem(`${stdout}\n${stderr || String(error)}`, { folder, port: 0 })
  }
}

function checkVersion(data: string): void {
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (version === majorVersion) return
  throw new EmbeddedPostgresError(
    'OTHER_VERSION',
    `${data} was made by PostgreSQL ${version}, this is ${majorVersion}: move the folder away, or migrate its data with pg_upgrade`,
  )
}
