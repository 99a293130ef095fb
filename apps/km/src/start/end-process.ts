import { setTimeout as sleep } from 'node:timers/promises'
import { type FoundProcess, lives, removePidFile } from './pid-file.js'

/** Ends a process that is not our child, and forgets it: asked first, forced after `patienceMs`. */
export async function endProcess(found: FoundProcess, patienceMs: number): Promise<void> {
  // SIGINT is what PostgreSQL calls a fast shutdown: it rolls back and writes a checkpoint, and does not wait for its clients.
  for (const signal of [found.name === 'postgres' ? 'SIGINT' : 'SIGTERM', 'SIGKILL'] as const) {
    if (lives(found)) send(found.pid, signal)
    const deadline = performance.now() + patienceMs
    while (lives(found) && performance.now() < deadline) await sleep(50)
  }
  removePidFile(found.name)
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has ended in this very moment.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
