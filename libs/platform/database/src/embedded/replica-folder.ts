import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { withLoneConnection } from '../lone-connection.js'
import { giveToServer } from './postgres-cluster.js'
import { reachableFolder } from './reachable-folder.js'

/** What belongs to the running server and not to its data; its log is streamed instead of copied. */
const notCopied = ['./postmaster.pid', './postmaster.opts', './pg_wal/*', './pg_replslot/*', './pg_dynshmem/*', './pg_stat_tmp/*']
/** How much of its log the primary keeps for replicas that were away. */
const keepLog = `ALTER SYSTEM SET wal_keep_size = '512MB'`

export interface RunningServer {
  folder: string
  data: string
  url: Secret
}

/**
 * Makes a folder from which a streaming replica starts, as a copy of a server that goes on running meanwhile; `pg_basebackup`, which does the same, does not
 * come with the server from npm. A folder that holds a replica already is kept, and follows this primary from its next start on. Data of a server that is no
 * replica, such as a former primary, is replaced: `pg_rewind`, which could keep most of it, does not come from npm either.
 */
export async function makeReplicaFolder(primary: RunningServer, path: string): Promise<void> {
  const folder = reachableFolder(path)
  const data = join(folder, 'data')
  if (existsSync(join(data, 'standby.signal'))) return followIn(data, primary.url)
  rmSync(data, { recursive: true, force: true })
  const unfinished = `${data}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  const label = await duringBackup(primary.url, () => copy(primary.data, unfinished))
  writeFileSync(join(unfinished, 'backup_label'), label)
  writeFileSync(join(unfinished, 'standby.signal'), '')
  followIn(unfinished, primary.url)
  for (const path of [unfinished, ...['backup_label', 'standby.signal'].map((name) => join(unfinished, name))]) giveToServer(path)
  copyFileSync(join(primary.folder, 'password'), join(folder, 'password'))
  await promisify(execFile)('mv', [unfinished, data])
}

/** Returns the label by which the copy knows from where to read the log. */
async function duringBackup(url: Secret, work: () => Promise<void>): Promise<string> {
  const client = new Client({ connectionString: url.reveal() })
  await client.connect()
  try {
    await client.query(keepLog)
    await client.query('SELECT pg_reload_conf()')
    await client.query(`SELECT pg_backup_start('replica', true)`)
    await work()
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    return rows[0]!.labelfile
  } finally {
    await client.end()
  }
}

/**
 * By `tar`, because it can leave files out on every system. It ends with 1 if files changed or vanished meanwhile, which is no error: that is in the log. A pipe
 * hides any other end, so it is kept in a file.
 */
const copyFiles = [
  'from=$1; to=$2; shift 2',
  '{ tar -C "$from" "$@" -cf - . 2>/dev/null || [ $? -eq 1 ] || touch "$to.failed"; } | tar -C "$to" -xpf -',
  'end=$?; [ ! -e "$to.failed" ] || { rm "$to.failed"; exit 2; }; exit $end',
].join('\n')

async function copy(from: string, to: string): Promise<void> {
  const excluded = notCopied.map((path) => `--exclude=${path}`)
  await promisify(execFile)('sh', ['-c', copyFiles, 'copy', from, to, ...excluded])
}

/** Queries on the replica hold back the removal of rows that they read. */
function followIn(data: string, primary: Secret): void {
  const file = join(data, 'postgresql.auto.conf')
  const others = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !/^(primary_conninfo|hot_standby_feedback)\b/.test(line))
  const { hostname, port, username, password } = new URL(primary.reveal())
  const conninfo = `host=${hostname} port=${port} user=${username} password=${password}`
  writeFileSync(file, [...others, `primary_conninfo = '${conninfo}'`, 'hot_standby_feedback = on', ''].join('\n'))
}

/** Makes a running replica stream from another primary. */
export async function followServer({ data, url }: Pick<RunningServer, 'data' | 'url'>, primary: Secret): Promise<void> {
  followIn(data, primary)
  await withLoneConnection(url, (client) => client.query('SELECT pg_reload_conf()'))
}
