import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { ServerError } from './server-error.js'

const actsWithinMs = 10_000
const pulledWithinMs = 120_000

/** One container for a folder, so that a start there finds the one that a killed starter left. */
export const containerOf = (folder: string): string => `kilomega-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`

/** Fetches the image where it is not there yet, and removes the container that a killed starter left behind. */
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

/** The client `docker run` passes on most signals by itself, but not those that kill or stop it. A container that has ended hears nothing. */
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
