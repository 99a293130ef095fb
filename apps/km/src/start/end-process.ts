import { setTimeout as sleep } from 'node:timers/promises'
import { isPostgres } from './paths.js'
import { type FoundProcess, lives, removePidFile } from './pid-file.js'

/** Ends a process that is not our child and removes its pid file: asks first, kills after `timeoutMs`. */
export async function endProcess(found: FoundProcess, timeoutMs: number): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown: it rolls back, writes a checkpoint and does not wait for its clients.
  for (const signal of [isPostgres(found.name) ? 'SIGINT' : 'SIGTERM', 'SIGKILL'] as const) {
    if (lives(found)) send(found.pid, signal)
    const deadline = performance.now() + timeoutMs
    while (lives(found) && performance.now() < deadline) await sleep(50)
  }
  removePidFile(found.name)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has just ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
