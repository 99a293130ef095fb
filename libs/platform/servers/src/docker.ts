import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { ServerError } from './server-error.js'

const actsWithinMs = 10_000
const pulledWithinMs = 120_000

/** One container per folder, so that a start in it finds the one that a killed parent process left behind. */
export const containerOf = (folder: string): string => `kilomega-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`

/** Pulls the image if it is missing, and removes the container that a killed parent process left behind. */
export function prepareContainer(docker: string, image: string, folder: string): void {
  succeeds(docker, 'rm', '--force', containerOf(folder))
  if (succeeds(docker, 'image', 'inspect', image)) return
  try {
    execFileSync(docker, ['pull', '--quiet', image], { stdio: 'pipe', timeout: pulledWithinMs })
  } catch (cause) {
    throw new ServerError('NOT_INSTALLED', `The image ${image} could not be fetched: ${(cause as Error).message.trim().split('\n').at(-1)}`, {
      cause,
    })
  }
}

/** The client `docker run` passes on most signals itself, but not SIGKILL and SIGSTOP. Does nothing to a container that has ended. */
export function signalContainer(docker: string, folder: string, signal: NodeJS.Signals): void {
  succeeds(docker, 'kill', '--signal', signal, containerOf(folder))
}

function succeeds(docker: string, ...parameters: string[]): boolean {
  try {
    execFileSync(docker, parameters, { stdio: 'ignore', timeout: actsWithinMs })
    return true
  } catch {
    return false
  }
}
