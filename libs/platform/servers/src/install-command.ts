import { existsSync } from 'node:fs'
import { platform } from 'node:os'
import { knownServers, type ServerName } from './known-servers.js'

/** Debian and its derivatives. */
export const hasApt = (): boolean => platform() === 'linux' && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')

/** The command that installs a server on this system, or a web page if there is no such command. */
export function installCommand(name: ServerName): string {
  const { debian, brew, page } = knownServers[name]
  if (hasApt()) return `apt-get install -y ${debian}`
  return platform() === 'darwin' ? `brew install ${brew}` : page
}
