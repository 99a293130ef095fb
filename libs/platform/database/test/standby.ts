import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedPostgres } from '../src/embedded/embedded-postgres.js'
import { newFolder } from './server.js'

export interface Pair {
  /** Tests stop and start both. */
  primary: EmbeddedPostgres
  standby: EmbeddedPostgres
  readonly folder: string
  readonly standbyFolder: string
  /** Stops both servers and deletes their folders. */
  close(): Promise<void>
}

/** A primary and a standby that follows it, made from a copy of the primary's folder, because the Postgres from npm has no pg_basebackup. */
export async function startPair(): Promise<Pair> {
  const [folder, standbyFolder] = [newFolder(), newFolder()]
  await (await EmbeddedPostgres.start({ folder, port: 0 })).stop()
  mkdirSync(standbyFolder, { mode: 0o755 })
  for (const part of ['data', 'password']) execFileSync('cp', ['-a', join(folder, part), standbyFolder])
  const primary = await EmbeddedPostgres.start({ folder, port: 0 })
  writeFileSync(join(standbyFolder, 'data/standby.signal'), '')
  appendFileSync(join(standbyFolder, 'data/postgresql.auto.conf'), `primary_conninfo = '${connectionInfo(primary)}'\n`)
  const standby = await EmbeddedPostgres.start({ folder: standbyFolder, port: 0 })
  const close = async (): Promise<void> => {
    await EmbeddedPostgres.remove(standbyFolder)
    await EmbeddedPostgres.remove(folder)
  }
  return { primary, standby, folder, standbyFolder, close }
}

function connectionInfo({ url }: EmbeddedPostgres): string {
  const { hostname, port, username, password } = new URL(url.reveal())
  return `host=${hostname} port=${port} user=${username} password=${password}`
}
