import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canReach, serverAccount } from './server-account.js'

/** Where files of the root user are kept if the server's account must reach them. */
export const systemFolder = '/var/lib/kilomega'

/**
 * The folder in which a cluster lives. If the server's account cannot reach the requested folder (a clone below root's home), the real one is created
 * elsewhere and the requested path becomes a link to it.
 */
export function reachableFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder)
  mkdirSync(dirname(folder), { recursive: true })
  // A dangling link.
  rmSync(folder, { force: true })
  if (!canReach(dirname(folder), serverAccount())) return linkElsewhere(folder)
  mkdirSync(folder, { mode: 0o711 })
  return realpathSync(folder)
}

/** Removes a cluster's folder, even if it is only a link. */
export function removeFolder(folder: string): void {
  if (!lstatSync(folder, { throwIfNoEntry: false })) return
  if (existsSync(folder)) rmSync(realpathSync(folder), { recursive: true, force: true })
  rmSync(folder, { force: true, recursive: true })
}

function linkElsewhere(folder: string): string {
  mkdirSync(systemFolder, { recursive: true, mode: 0o755 })
  const real = mkdtempSync(join(systemFolder, 'postgres-'))
  chmodSync(real, 0o711)
  symlinkSync(real, folder)
  return real
}
