import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ServerError } from './server-error.js'

const pollMs = 10
const endsWithinMs = 10_000

interface Tenant {
  server: number
  starter: string
}

/**
 * Frees a folder for a start. A server that outlived the process that started it is stopped. If that process is still alive, the server is left alone and a
 * `ServerError` is thrown.
 */
export async function freeFolder(folder: string): Promise<void> {
  const tenant = readTenant(folder)
  if (tenant === undefined || !runsIn(folder, tenant.server)) return
  if (isAlive(tenant.starter)) {
    throw new ServerError('FOLDER_IN_USE', `Process ${tenant.starter.split(' ')[0]} runs a server in ${folder}: stop it, or use another folder`)
  }
  await end(folder, tenant.server)
}

/** Records in the folder the server process and the process that started it. In `pid` the first is on its own line, for other programs. */
export const claimFolder = (folder: string, server: number): void =>
  writeFileSync(join(folder, 'pid'), `${server}\n${identity(process.pid)}\n`, { mode: 0o600 })

export const releaseFolder = (folder: string): void => rmSync(join(folder, 'pid'), { force: true })

function readTenant(folder: string): Tenant | undefined {
  try {
    const [server = '', starter = ''] = readFileSync(join(folder, 'pid'), 'utf8').split('\n')
    return { server: Number(server), starter }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function end(folder: string, server: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    send(server, signal)
    // A paused process does not react to SIGTERM before this.
    send(server, 'SIGCONT')
    const until = performance.now() + endsWithinMs
    while (runsIn(folder, server) && performance.now() < until) await wait(pollMs)
    if (!runsIn(folder, server)) return
  }
}

function send(server: number, signal: NodeJS.Signals): void {
  try {
    process.kill(server, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The system reuses a process id after a while; the command line shows whether it is still the server of this folder. */
const runsIn = (folder: string, server: number): boolean => commandOf(server).includes(folder)

function commandOf(pid: number): string {
  try {
    if (platform() === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** The system reuses a process id, but never together with the start time of the process. */
function identity(pid: number): string {
  process.kill(pid, 0)
  return `${pid} ${startTime(pid)}`
}

function isAlive(starter: string): boolean {
  try {
    return identity(Number(starter.split(' ')[0])) === starter
  } catch {
    return false
  }
}

function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
