import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageFailure } from '../failure.js'

const reasons: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `there is no folder ${dirname(path)}`,
  ENOTDIR: (path) => `${dirname(path)} is not a folder`,
  EISDIR: () => 'it is a folder',
  EACCES: () => 'this user may not write there',
  EPERM: () => 'this user may not write there',
  EROFS: () => 'the disk is read-only',
}

/** Fails for files that cannot be written, each with the option that names it: before the work that would be lost. */
export function requireWritable(files: Readonly<Record<string, string | undefined>>): void {
  for (const [option, path] of Object.entries(files)) {
    if (path === undefined) continue
    try {
      closeSync(openSync(path, 'a'))
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException
      throw new UsageFailure(`${option} ${path} cannot be written: ${reasons[code]?.(path) ?? message}`)
    }
  }
}
