import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Environment } from '@kilomega/config'
import { Failure } from '../failure.js'
import { root, workFolder } from './paths.js'

/**
 * Runs one of the API's own programs to its end and returns the lines that it printed; `onLine` gets each as it comes. Its last words are the failure, below
 * `whatFailed`.
 */
export async function runApiProgram(
  name: 'migrate' | 'plan-migrations',
  environment: Environment,
  { whatFailed, onLine }: { whatFailed: string; onLine?: ((line: string) => void) | undefined },
): Promise<string[]> {
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, `apps/api/dist/${name}.js`)], {
    cwd: workFolder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [lines, all]: string[][] = [[], []]
  createInterface(child.stdout).on('line', (line) => {
    lines!.push(line)
    all!.push(line)
    onLine?.(line)
  })
  createInterface(child.stderr).on('line', (line) => all!.push(line))
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code === 0) return lines!
  const words = all!.join('\n').trim().split('\n').slice(0, 15).join('\n')
  // A wrong setting is not the database's fault; the message says what it is.
  throw new Failure(words.startsWith('The configuration') ? words : `${whatFailed}:\n${words}`)
}
