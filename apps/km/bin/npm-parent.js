// Plain JavaScript, because `npm start` needs it before anything is built.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const lookEveryMs = 500

/**
 * Calls back when the npm or npx that runs this process has ended, for whatever reason. npm passes a signal to the shell between it and us, which
 * dies of it without passing it on; when npm itself is killed, we hear nothing either. A process that was not started by npm outlives its parent as usual.
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

/** The npm above this process, with or without a shell in between. */
function npmAbove(pid) {
  if (isNpm(pid)) return [pid]
  const parent = /^\S*sh -c /.test(commandOf(pid)) ? parentOf(pid) : undefined
  return parent !== undefined && isNpm(parent) ? [pid, parent] : []
}

/** Recognized by the title that it sets for itself. */
const isNpm = (pid) => /^(npm|npx)( |$)/.test(commandOf(pid))

/** A process that has ended but has not been reaped by its parent no longer has a command line. */
const lives = (pid) => (process.platform === 'linux' ? commandOf(pid) !== '' : canBeSignalled(pid))

function canBeSignalled(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const commandOf = (pid) => (process.platform === 'linux' ? textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() : psOf(pid, 'command='))

/** From `/proc/PID/stat`: the field after the name, which may contain any character, and the state. */
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
