import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

/** Records in the folder which process uses it, so that a second start does not take the server away from the first. A dead owner is ignored. */
export function claimFolder(folder: string): void {
  const owner = ownerOf(folder)
  if (owner !== undefined && owner !== process.pid) {
    throw new EmbeddedPostgresError('FOLDER_IN_USE', `Process ${owner} runs Postgres in ${folder} already: stop it, or use another folder`)
  }
  writeFileSync(join(folder, 'owner'), identity(process.pid))
}

export function releaseFolder(folder: string): void {
  if (ownerOf(folder) === process.pid) rmSync(join(folder, 'owner'), { force: true })
}

function ownerOf(folder: string): number | undefined {
  try {
    const written = readFileSync(join(folder, 'owner'), 'utf8')
    const pid = Number(written.split(' ')[0])
    return identity(pid) === written ? pid : undefined
  } catch {
    return undefined
  }
}

/** The system reuses a process id after a while, but never together with the start time of the process. */
export function identity(pid: number): string {
  process.kill(pid, 0)
  return `${pid} ${startTime(pid)}`
}

function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
