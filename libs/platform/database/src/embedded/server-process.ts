import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { EmbeddedPostgresError } from './embedded-postgres-error.js'
import { readPostmaster } from './postmaster.js'
import { serverAccount } from './server-account.js'
import { isTransient, startProblem } from './start-problem.js'

export interface Launch {
  postgres: string
  parameters: string[]
  data: string
  log: string
  port: number
}

const pollMs = 10
/** In milliseconds. Replaying the log after a crash takes one second per 100 MB or so, and `max_wal_size` is 2 GB. */
const readyWithinMs = 120_000
/** In milliseconds: how long the sessions of a killed predecessor may take to exit. */
const predecessorEndsWithinMs = 10_000
const keptLogBytes = 10_000_000

/** Starts `postgres` in its own process group, so that Ctrl-C in a terminal does not reach it, and waits until it accepts connections. */
export async function launchServer(launch: Launch): Promise<ChildProcess> {
  const untilMs = performance.now() + predecessorEndsWithinMs
  for (;;) {
    const logStart = beginLog(launch.log)
    const server = spawnServer(launch)
    if (await becomesReady(server, launch.data)) return server
    const output = readFileSync(launch.log).subarray(logStart).toString()
    if (!isTransient(output) || performance.now() > untilMs) throw startProblem(output, { folder: launch.data, port: launch.port })
    await wait(pollMs * 10)
  }
}

function beginLog(log: string): number {
  const sizeBytes = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (sizeBytes < keptLogBytes) return sizeBytes
  truncateSync(log)
  return 0
}

/** The environment is empty: the server needs nothing from it, and it holds our secrets. */
function spawnServer({ postgres, parameters, data, log }: Launch): ChildProcess {
  const output = openSync(log, 'a', 0o600)
  try {
    const server = spawn(postgres, ['-D', data, ...parameters], {
      ...serverAccount(),
      detached: true,
      cwd: '/',
      env: {},
      stdio: ['ignore', output, output],
    })
    server.unref()
    return server
  } finally {
    closeSync(output)
  }
}

async function becomesReady(server: ChildProcess, data: string): Promise<boolean> {
  let failed = false
  server.once('error', () => (failed = true))
  const until = performance.now() + readyWithinMs
  while (performance.now() < until) {
    if (failed || server.exitCode !== null || server.signalCode !== null) return false
    const postmaster = readPostmaster(data)
    if (postmaster?.ready && postmaster.pid === server.pid) return true
    await wait(pollMs)
  }
  throw new EmbeddedPostgresError('START_FAILED', `Postgres in ${data} was not ready within ${readyWithinMs / 1000} s; its log says more`)
}
