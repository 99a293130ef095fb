import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ServerError } from './server-error.js'

const pollMs = 10
const endsWithinMs = 10_000

interface Occupant {
  server: number
  parent: string
}

/**
 * Frees a folder for a start. A server that outlived the process that started it is stopped. If that process is still alive, the server is left alone and a
 * `ServerError` is thrown.
 */
export async function freeFolder(folder: string): Promise<void> {
  const occupant = readOccupant(folder)
  if (occupant === undefined || !runsIn(folder, occupant.server)) return
  if (isAlive(occupant.parent)) {
    throw new ServerError('FOLDER_IN_USE', `Process ${occupant.parent.split(' ')[0]} runs a server in ${folder}: stop it, or use another folder`)
  }
  await end(folder, occupant.server)
}

/** Records in the folder the server process and the process that started it. In `pid` the first is on its own line, for other programs. */
export const claimFolder = (folder: string, server: number): void =>
  writeFileSync(join(folder, 'pid'), `${server}\n${identity(process.pid)}\n`, { mode: 0o600 })

export const releaseFolder = (folder: string): void => rmSync(join(folder, 'pid'), { force: true })

function readOccupant(folder: string): Occupant | undefined {
  try {
    const [server = '', parent = ''] = readFileSync(join(folder, 'pid'), 'utf8').split('\n')
    return { server: Number(server), parent }
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

function isAlive(parent: string): boolean {
  try {
    return identity(Number(parent.split(' ')[0])) === parent
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
