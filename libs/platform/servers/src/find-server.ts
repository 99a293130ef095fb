import { execFile } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { type Environment, processEnvironment } from '@kilomega/config'
import { installCommand } from './install-command.js'
import { knownServers, type ServerName } from './known-servers.js'

/** Where a server can be run from, or the command that installs it if it cannot be run. */
export type ServerPlace =
  { place: 'path'; program: string } | { place: 'docker'; program: string; image: string } | { place: 'nowhere'; install: string }

/** Debian installs servers in folders that are not on the PATH of users other than root. */
const besidePath = ['/usr/sbin', '/usr/local/sbin']
/** In milliseconds. A Docker that takes longer to answer is starting or hangs: no reason to wait for it. */
const dockerAnswersWithinMs = 3_000

/** Looks on PATH, then for a Docker engine that answers (at most 3 s). Starts and installs nothing, and never rejects. */
export async function findServer(name: ServerName, environment: Environment = processEnvironment()): Promise<ServerPlace> {
  const program = serverOnPath(name, environment)
  if (program !== undefined) return { place: 'path', program }
  const docker = onPath('docker', environment)
  if (docker !== undefined && (await answers(docker))) return { place: 'docker', program: docker, image: knownServers[name].image }
  return { place: 'nowhere', install: installCommand(name) }
}

/** The path of a server's program. Starts no process, so that a test file can decide while it is loaded whether its tests run. */
export const serverOnPath = (name: ServerName, environment: Environment = processEnvironment()): string | undefined => onPath(name, environment)

function onPath(command: string, environment: Environment): string | undefined {
  const folders = [...(environment['PATH'] ?? '').split(delimiter), ...besidePath].filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, command)).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

async function answers(docker: string): Promise<boolean> {
  try {
    await promisify(execFile)(docker, ['info', '--format', '{{.ServerVersion}}'], { timeout: dockerAnswersWithinMs, killSignal: 'SIGKILL' })
    return true
  } catch {
    return false
  }
}
