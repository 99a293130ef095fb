import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { platform } from 'node:os'

/** Whether a process has come to a complete halt after SIGSTOP: its threads stop one after the other, and a busy one may still answer a request. */
export function isStopped(pid: number): boolean {
  if (platform() !== 'linux') return stateOf(pid).startsWith('T')
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.every((thread) => threadState(`/proc/${pid}/task/${thread}/stat`) === 'T')
  } catch {
    // A thread has ended in the meantime.
    return false
  }
}

/** The state follows the name in brackets, which may contain anything. */
function threadState(file: string): string {
  const stat = readFileSync(file, 'utf8')
  return stat.charAt(stat.lastIndexOf(')') + 2)
}

const stateOf = (pid: number): string => execFileSync('ps', ['-p', String(pid), '-o', 'state='], { encoding: 'utf8' }).trim()
