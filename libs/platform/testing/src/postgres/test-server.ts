import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { EmbeddedPostgres } from '@kilomega/database'
import { stopAfter } from './keeper.js'

const prefix = 'kilomega-test-'
const keptForMs = 3_600_000

/** All test files of one process share a server; the start time of the process distinguishes it from an earlier one with the same pid. */
const ownFolder = (): string => join(tmpdir(), `${prefix}${process.pid}-${Math.round(performance.timeOrigin)}`)

/**
 * The connection string of a server for tests: the one in `KILOMEGA_TEST_DATABASE_URL`, whose user must be allowed to create databases, or one of this
 * process, started on first use (0.8 s) and stopped when the process has ended.
 */
export async function testServer(): Promise<string> {
  const given = processEnvironment()['KILOMEGA_TEST_DATABASE_URL']
  if (given !== undefined) return given
  const urlFile = join(ownFolder(), 'url')
  if (existsSync(urlFile)) return readFileSync(urlFile, 'utf8')
  await removeLeftovers()
  const server = await EmbeddedPostgres.start({ folder: ownFolder(), port: 0, durable: false })
  stopAfter(process.pid, ownFolder())
  writeFileSync(urlFile, server.url.reveal(), { mode: 0o600 })
  return server.url.reveal()
}

/** Keeps the folder of this process's server when the process ends, and returns its path. */
export function keepServer(): string {
  const folder = ownFolder()
  if (existsSync(folder)) writeFileSync(join(folder, 'kept'), '')
  return folder
}

/** Removes what is left after a whole machine or container was killed. Another process may be removing the same folder; errors are ignored, because it will finish. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    if (!isAlive(Number(name.slice(prefix.length).split('-')[0])) && !isKept(folder)) await EmbeddedPostgres.remove(folder).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function isKept(folder: string): boolean {
  const kept = statSync(join(folder, 'kept'), { throwIfNoEntry: false })
  return kept !== undefined && Date.now() - kept.mtimeMs < keptForMs
}
