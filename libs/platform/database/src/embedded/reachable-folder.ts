import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canReach, serverAccount } from './server-account.js'

/** Where things of a root user are kept that the account of the server must reach. */
export const rootsPlace = '/var/lib/kilomega'

/**
 * The folder in which a cluster lives. Where the server's account cannot reach the one that was asked for (a clone below root's home), the real one
 * is made elsewhere and a link stands in its place.
 */
export function reachableFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder)
  mkdirSync(dirname(folder), { recursive: true })
  // A link whose end is gone.
  rmSync(folder, { force: true })
  if (!canReach(dirname(folder), serverAccount())) return linkElsewhere(folder)
  mkdirSync(folder, { mode: 0o711 })
  return realpathSync(folder)
}

/** Removes a cluster's folder, also where it is only a link. */
export function removeFolder(folder: string): void {
  if (!lstatSync(folder, { throwIfNoEntry: false })) return
  if (existsSync(folder)) rmSync(realpathSync(folder), { recursive: true, force: true })
  rmSync(folder, { force: true, recursive: true })
}

function linkElsewhere(folder: string): string {
  mkdirSync(rootsPlace, { recursive: true, mode: 0o755 })
  const real = mkdtempSync(join(rootsPlace, 'postgres-'))
  chmodSync(real, 0o711)
  symlinkSync(real, folder)
  return real
}
