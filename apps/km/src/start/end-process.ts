import { setTimeout as sleep } from 'node:timers/promises'

/** Ends a process that is not our child: asked first, forced after `patienceMs`. */
export async function endProcess(pid: number, patienceMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!send(pid, signal)) return
    const deadline = performance.now() + patienceMs
    while (performance.now() < deadline) {
      if (!send(pid, 0)) return
      await sleep(50)
    }
  }
}

/** False where the process is gone. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
