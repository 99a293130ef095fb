import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.js'
import { endProcess } from '../start/end-process.js'
import { findProcesses, type FoundProcess, lives, readPidFile, removePidFile } from '../start/pid-file.js'
import { Screen } from '../start/screen.js'
import { inStopGroups } from '../start/stop-order.js'
import { namesText } from '../terminal/names-text.js'
import { removeShapeRecord } from './shape-record.js'

/** Longer than the 30 s after which a launcher kills what does not stop. */
const timeoutMs = 40_000
const pollMs = 50

/** Stops what a killed launcher left behind, unless a new launcher has started meanwhile: that one does it itself. */
export async function takeDownOrphans(): Promise<void> {
  if (readPidFile('launcher') === undefined) await takeDown()
}

/** Stops everything that `km up` or `km start` runs in this folder, in order, and nothing else; also what a killed launcher left behind. */
export async function takeDown(): Promise<void> {
  const screen = new Screen()
  const launcher = readPidFile('launcher')
  const found = findProcesses()
  if (launcher === undefined && found.length === 0) return screen.line('Nothing of Kilomega runs in this folder.')
  // The launcher stops everything in order by itself; we only watch.
  if (launcher) process.kill(launcher.pid, 'SIGTERM')
  for (const group of inStopGroups(found)) {
    const ends = group.map((one) => (launcher ? gone(one) : endProcess(one, timeoutMs)))
    await screen.during(`Stopping ${namesText(group)}`, Promise.all(ends))
  }
  if (launcher) await gone(launcher)
  removePidFile('launcher')
  removePidFile('guard')
  removeShapeRecord()
}

async function gone(found: FoundProcess): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (lives(found)) {
    if (performance.now() > deadline)
      throw new Failure(`${found.name} (process ${found.pid}) does not end: see .kilomega/logs, and end it with kill -9 ${found.pid}`)
    await sleep(pollMs)
  }
}
