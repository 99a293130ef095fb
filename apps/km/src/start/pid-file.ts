import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder } from './paths.js'

export type ProcessRole = 'launcher' | 'api'

/** What the command line of each process holds: a number alone may belong to anybody after a restart of the machine. */
const signature: Record<ProcessRole, RegExp> = { launcher: /km(\.js)? start/, api: /apps\/api\/dist\/main\.js/ }

const folder = join(dataFolder, 'run')
const fileOf = (role: ProcessRole): string => join(folder, `${role}.pid`)

export function writePidFile(role: ProcessRole, pid: number): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(role), `${pid}\n`)
}

export const removePidFile = (role: ProcessRole): void => rmSync(fileOf(role), { force: true })

/** The process that a pid file tells of, if it lives and is what the file says. */
export function readPidFile(role: ProcessRole): { pid: number } | undefined {
  const pid = Number(readIfThere(fileOf(role)))
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) return undefined
  return signature[role].test(commandLineOf(pid)) ? { pid } : undefined
}

function commandLineOf(pid: number): string {
  if (process.platform === 'linux') return readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
