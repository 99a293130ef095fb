import { statfsSync } from 'node:fs'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'

const enoughBytes = 64_000_000

export interface Attempt {
  folder: string
  port: number
}

/** Turns the last output of `initdb` or `postgres` before it gave up into one clear error. */
export function startProblem(output: string, { folder, port }: Attempt): EmbeddedPostgresError {
  if (/Address already in use|could not create any TCP\/IP sockets/.test(output)) {
    return new EmbeddedPostgresError('PORT_TAKEN', `Port ${port} is taken: stop the program that listens there or choose another port for Postgres`)
  }
  if (/No space left on device|Disk quota exceeded/.test(output)) return diskFull(folder)
  if (/[Pp]ermission denied|has wrong ownership|has invalid permissions|Read-only file system/.test(output)) return notAccessible(folder)
  if (/error while loading shared libraries|cannot execute|GLIBC_/.test(output)) {
    return new EmbeddedPostgresError(
      'NO_BINARIES',
      `The Postgres from npm does not run on this system (${lastLine(output)}): set DATABASE_URL to a server of yours`,
    )
  }
  if (isNearlyFull(folder)) return diskFull(folder)
  return new EmbeddedPostgresError('START_FAILED', `Postgres did not start in ${folder}: ${lastLine(output)}`)
}

/** The same for errors that this process gets from the file system. Other errors are our own faults and are passed on unchanged. */
export function folderProblem(error: unknown, folder: string): unknown {
  const { code } = error as { code?: string }
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(folder, error)
  return ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST'].includes(code ?? '') ? notAccessible(folder, error) : error
}

const diskFull = (folder: string, cause?: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError('DISK_FULL', `The disk that holds ${folder} is full: make room and start again`, { cause })

/** A server that runs out of space does not always say so. A new cluster needs 60 MB, a start 16 MB. */
function isNearlyFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize < enoughBytes
  } catch {
    return false
  }
}

const notAccessible = (folder: string, cause?: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError('FOLDER_NOT_ACCESSIBLE', `Postgres cannot read and write its data folder ${folder}: check who owns it and its mode`, {
    cause,
  })

/** The sessions of a killed server end a moment later; until then its successor is refused. */
export const isTransient = (output: string): boolean => /pre-existing shared memory block .* is still in use|lock file ".*" is empty/.test(output)

const lastLine = (output: string): string => {
  const lines = output.trim().split('\n')
  const errors = lines.filter((line) => /FATAL|PANIC|ERROR|error:/.test(line))
  return (errors.at(-1) ?? lines.at(-1) ?? '').trim() || 'it said nothing'
}
