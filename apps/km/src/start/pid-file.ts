import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataFolder, isPostgres, natsFolder, postgresFolder, redisFolder } from './paths.js'

/** `launcher`, `guard`, `postgres`, `postgres-2`, `nats`, `redis`, or the name of an application's process, such as `api` or `search-2`. */
export type ProcessName = string

export interface FoundProcess {
  name: ProcessName
  pid: number
}

const folder = join(dataFolder, 'run')
const fileOf = (name: ProcessName): string => join(folder, `${name}.pid`)

export function writePidFile(name: ProcessName, pid: number): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(fileOf(name), `${pid}\n`)
}

export const removePidFile = (name: ProcessName): void => rmSync(fileOf(name), { force: true })

/** The process of a pid file, if it is alive and is the one that the file names. */
export function readPidFile(name: ProcessName): FoundProcess | undefined {
  const pid = Number(readIfThere(fileOf(name)))
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) return undefined
  return isNamedProcess(name, commandLineOf(pid)) ? { name, pid } : undefined
}

/** Whether this process is still alive. One that has ended but has not been reaped by its parent no longer has a command line. */
export const lives = ({ name, pid }: FoundProcess): boolean => readPidFile(name)?.pid === pid

/** Everything that runs here according to the pid files, except the launcher and its guard. */
export function findProcesses(): FoundProcess[] {
  const names = filesIn(folder).flatMap((file) => (file.endsWith('.pid') ? [file.slice(0, -'.pid'.length)] : []))
  return names.filter((name) => name !== 'launcher' && name !== 'guard').flatMap((name) => readPidFile(name) ?? [])
}

/** After a restart of the machine the number may belong to any process: the command line of each of ours contains something unique to it. */
function isNamedProcess(name: ProcessName, commandLine: string): boolean {
  if (name === 'launcher') return /km(\.js)? (start|up)/.test(commandLine)
  if (name === 'guard') return commandLine.includes('km.js down --orphans')
  if (isPostgres(name)) return commandLine.includes(join(realPath(postgresFolder(name)), 'data'))
  if (name === 'nats') return commandLine.includes(realPath(natsFolder))
  if (name === 'redis') return commandLine.includes(realPath(redisFolder))
  return commandLine.includes(`apps/${name.replace(/-\d+$/, '')}/dist/main.js`)
}

function commandLineOf(pid: number): string {
  if (process.platform === 'linux') return readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** The form of the path that the servers themselves are started with. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function filesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
