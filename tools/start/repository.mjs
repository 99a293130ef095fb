// The basis of both commands before anything is installed: plain Node 20, no packages.
import { spawn } from 'node:child_process'
import { dirname, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const binaries = join(root, 'node_modules', '.bin')

/** The repository's own Node and tools come first on PATH; nx runs without a background process. */
export function environment() {
  const path = process.env.PATH ?? ''
  const own = path.split(delimiter)[0] === binaries ? path : `${binaries}${delimiter}${path}`
  return { ...process.env, PATH: own, NX_DAEMON: 'false', NX_TUI: 'false' }
}

/** Runs a program until it ends and returns its exit code; an end by a signal counts as 1. */
export function run(command, parameters, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: root, env: environment(), stdio: 'inherit', shell: process.platform === 'win32', ...options })
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`)
      resolve(1)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** Ends the launcher with one clear line: what is wrong and what to do. */
export class Stop extends Error {}
