import { spawn } from 'node:child_process'
import { environment, root, Stop } from './repository.mjs'

const tickMs = 10_000
const keptLines = 40

/** Runs one step quietly: prints its title, a sign of life while it runs, and how long it took; if it fails, the last lines of its output. */
export async function step(title, command, parameters, { lines = keptLines, shownOn = process.stdout } = {}) {
  const began = Date.now()
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`
  const stopTicking = tick(shownOn, () => `${title} … ${seconds()}`)
  const { code, output } = await collect(command, parameters)
  stopTicking()
  if (code !== 0) {
    process.stderr.write(`${output.split('\n').slice(-lines).join('\n')}\n`)
    throw new Stop(`${title} failed (${command} ${parameters.join(' ')}, exit ${code}); its last lines are above`)
  }
  shownOn.write(`${title}: ${seconds()}\n`)
}

function tick(shownOn, text) {
  if (!shownOn.isTTY) {
    const timer = setInterval(() => shownOn.write(`${text()}\n`), tickMs)
    return () => clearInterval(timer)
  }
  const timer = setInterval(() => shownOn.write(`\r${text()}`), 200)
  return () => {
    clearInterval(timer)
    shownOn.write('\r\u001b[K')
  }
}

function collect(command, parameters) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    })
    let output = ''
    const keep = (chunk) => (output = (output + chunk).slice(-64_000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => resolve({ code: 1, output: `${output}\n${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
