import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export interface ServerAccount {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root, so there it runs as `nobody`, which exists on every system. For other users it runs under their own account. */
export const serverAccount = (): ServerAccount | undefined => (process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined)

/** Whether the account may reach a folder: root's home has mode 0700, which shuts it out of everything below. */
export function canReach(folder: string, account: ServerAccount | undefined): boolean {
  if (account === undefined) return true
  let path = realpathSync(nearestExisting(folder))
  for (;;) {
    if (!mayEnter(path, account)) return false
    if (dirname(path) === path) return true
    path = dirname(path)
  }
}

function mayEnter(path: string, { uid, gid }: ServerAccount): boolean {
  const { uid: owner, gid: group, mode } = statSync(path)
  if (owner === uid) return (mode & 0o100) !== 0
  return (mode & (group === gid ? 0o010 : 0o001)) !== 0
}

const nearestExisting = (path: string): string => (existsSync(path) ? path : nearestExisting(dirname(path)))
