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
 * Makes a folder free for a start: a server whose starter is dead (it was killed, and the server lived on) is ended, one whose starter lives is left
 * alone and is a `ServerError`.
 */
export async function freeFolder(folder: string): Promise<void> {
  const tenant = readTenant(folder)
  if (tenant === undefined || !runsIn(folder, tenant.server)) return
  if (isAlive(tenant.starter)) {
    throw new ServerError('FOLDER_IN_USE', `Process ${tenant.starter.split(' ')[0]} runs a server in ${folder}: stop it, or use another folder`)
  }
  await end(folder, tenant.server)
}

/** Says in the folder which process serves and who started it: `pid` holds the first on a line of its own, for programs that are not ours. */
export const takeFolder = (folder: string, server: number): void =>
  writeFileSync(join(folder, 'pid'), `${server}\n${identity(process.pid)}\n`, { mode: 0o600 })

export const leaveFolder = (folder: string): void => rmSync(join(folder, 'pid'), { force: true })

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
    // One that is paused hears nothing but this.
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

/** A process id is used again after a while; its command line tells whether it still is the server of this folder. */
const runsIn = (folder: string, server: number): boolean => commandOf(server).includes(folder)

function commandOf(pid: number): string {
  try {
    if (platform() === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** Together with the time at which the process began its id stays unique. */
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
