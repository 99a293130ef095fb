import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readPostmaster, runsIn } from './postmaster.js'

const pollMs = 10

/** PostgreSQL's signals, the gentlest first: fast (roll back, checkpoint), immediate (recover at the next start), and kill. */
const steps = [
  { signal: 'SIGINT', withinMs: 30_000 },
  { signal: 'SIGQUIT', withinMs: 5_000 },
  { signal: 'SIGKILL', withinMs: 5_000 },
] as const

/**
 * Stops the server of a data folder, whichever process started it. Also removes what a killed server leaves behind: a pid file whose process is dead or
 * another program.
 */
export async function stopServer(data: string): Promise<void> {
  const postmaster = readPostmaster(data)
  if (postmaster === undefined) return
  for (const { signal, withinMs } of steps) {
    if (!runsIn(data, postmaster.pid)) break
    process.kill(postmaster.pid, signal)
    await gone(data, postmaster.pid, withinMs)
  }
  rmSync(join(data, 'postmaster.pid'), { force: true })
}

async function gone(data: string, pid: number, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs
  while (runsIn(data, pid) && performance.now() < until) await wait(pollMs)
}
