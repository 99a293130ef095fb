import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'

/** What a running server writes into its data folder. */
export interface Postmaster {
  pid: number
  port: number
  ready: boolean
}

/** The server that last wrote `postmaster.pid` there. The file remains after a server is killed: check with `runsIn`. */
export function readPostmaster(data: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Whether a process is the server of this data folder, and not another program that got the same pid after the machine restarted. Read from its command line:
 * the working directory would be more reliable, but root in a container may not read that of another user's process.
 */
export const runsIn = (data: string, pid: number): boolean => commandOf(pid).includes(data)

function commandOf(pid: number): string {
  try {
    if (platform() === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  } catch (error) {
    const { code, status } = error as { code?: string; status?: number }
    if (code === 'ENOENT' || code === 'ESRCH' || status === 1) return ''
    throw error
  }
}
