// Plain Node, because `npm start` needs it before anything is built.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const lookEveryMs = 500

/**
 * Calls back when the npm or npx that runs this process has ended, however it did. npm gives a signal to a shell between us, which dies of it and says
 * nothing; killed itself, it says nothing either. Started otherwise, a process outlives its parent as always.
 */
export function whenNpmEnds(ended) {
  if (process.platform === 'win32') return
  const above = npmAbove(process.ppid)
  if (above.length === 0) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent && above.every(lives)) return
    clearInterval(timer)
    ended()
  }, lookEveryMs).unref()
}

/** npm itself, with the shell between where there is one. */
function npmAbove(pid) {
  if (isNpm(pid)) return [pid]
  const parent = /^\S*sh -c /.test(commandOf(pid)) ? parentOf(pid) : undefined
  return parent !== undefined && isNpm(parent) ? [pid, parent] : []
}

/** By the title that it gives itself. */
const isNpm = (pid) => /^(npm|npx)( |$)/.test(commandOf(pid))

/** One that has ended and was not yet taken leave of has no command any more. */
const lives = (pid) => (process.platform === 'linux' ? commandOf(pid) !== '' : canBeSignalled(pid))

function canBeSignalled(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const commandOf = (pid) => (process.platform === 'linux' ? textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() : psOf(pid, 'command='))

/** In `/proc/PID/stat` after the name, which may hold anything, and the state. */
function parentOf(pid) {
  const text = process.platform === 'linux' ? textOf(`/proc/${pid}/stat`).replace(/^.*\) \S /s, '') : psOf(pid, 'ppid=')
  const parent = Number.parseInt(text, 10)
  return parent > 1 ? parent : undefined
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function psOf(pid, column) {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', column], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}
