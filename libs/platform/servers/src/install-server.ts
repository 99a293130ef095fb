import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Environment, processEnvironment } from '@kilomega/config'
import { serverOnPath } from './find-server.js'
import { hasApt, installCommand } from './install-command.js'
import { knownServers, type ServerName } from './known-servers.js'
import { ServerError } from './server-error.js'

export interface InstallOptions {
  /** Called with one line before the installation starts and one when it is done. */
  say: (line: string) => void
  environment?: Environment
}

/** In milliseconds, for each of the two steps: a mirror that hangs must not block everything else forever. */
const withinMs = 180_000

/** Whether `installServer` would try: it needs Debian and root, and must not be forbidden. */
export const canInstall = (environment: Environment = processEnvironment()): boolean =>
  environment['KILOMEGA_INSTALL'] !== 'no' && hasApt() && process.getuid?.() === 0

/**
 * Installs Debian's package, as root, and returns the path of its program. On other systems, for other users and with `KILOMEGA_INSTALL=no` it installs
 * nothing and rejects with a `ServerError` that names the command. Debian may start the package's service; this does not prevent it.
 */
export async function installServer(name: ServerName, { say, environment = processEnvironment() }: InstallOptions): Promise<string> {
  const command = installCommand(name)
  if (environment['KILOMEGA_INSTALL'] === 'no') throw missing(name, command, 'KILOMEGA_INSTALL=no forbids to install it here; ')
  if (!canInstall(environment)) throw missing(name, command)
  say(`Installing Debian's package ${knownServers[name].debian} (${command})`)
  await apt(name, environment)
  const program = serverOnPath(name, environment)
  if (program === undefined) throw new ServerError('NOT_INSTALLED', `${command} finished, but ${name} is not on PATH`)
  say(`Installed ${program}`)
  return program
}

/** The error for a server that cannot be found anywhere. */
export const missing = (name: ServerName, command: string, reason = ''): ServerError =>
  new ServerError('NOT_FOUND', `${name} is not there: ${reason}${command.startsWith('http') ? 'get it from' : 'install it with'} ${command}`)

async function apt(name: ServerName, environment: Environment): Promise<void> {
  const options = { env: { ...environment, DEBIAN_FRONTEND: 'noninteractive' }, timeout: withinMs }
  try {
    await promisify(execFile)('apt-get', ['update', '-qq'], options)
    await promisify(execFile)('apt-get', ['install', '-y', '-qq', '--no-install-recommends', knownServers[name].debian], options)
  } catch (cause) {
    const { stderr = '', message, killed } = cause as { stderr?: string; message: string; killed?: boolean }
    const words = killed ? `not done within ${withinMs / 1_000} s` : (stderr.trim().split('\n').at(-1) ?? '') || message
    throw new ServerError('NOT_INSTALLED', `${installCommand(name)} failed: ${words}`, { cause })
  }
}
