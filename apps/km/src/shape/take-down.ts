import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.js'
import { endProcess } from '../start/end-process.js'
import { findProcesses, type FoundProcess, lives, readPidFile, removePidFile } from '../start/pid-file.js'
import { Screen } from '../start/screen.js'
import { inStopGroups } from '../start/stop-order.js'
import { namesText } from '../terminal/names-text.js'
import { removeShapeRecord } from './shape-record.js'

/** Above the 30 s after which a launcher kills what does not stop. */
const patienceMs = 40_000
const pollMs = 50

/** Ends what a killed launcher has left, unless another one has come meanwhile, which does so itself. */
export async function takeDownOrphans(): Promise<void> {
  if (readPidFile('launcher') === undefined) await takeDown()
}

/** Ends what `km up` or `km start` runs in this folder and nothing else, in order; what a killed launcher has left as well. */
export async function takeDown(): Promise<void> {
  const screen = new Screen()
  const launcher = readPidFile('launcher')
  const found = findProcesses()
  if (launcher === undefined && found.length === 0) return screen.line('Nothing of Kilomega runs in this folder.')
  // It stops everything in order by itself; here that is watched.
  if (launcher) process.kill(launcher.pid, 'SIGTERM')
  for (const group of inStopGroups(found)) {
    const ends = group.map((one) => (launcher ? gone(one) : endProcess(one, patienceMs)))
    await screen.during(`Stopping ${namesText(group)}`, Promise.all(ends))
  }
  if (launcher) await gone(launcher)
  removePidFile('launcher')
  removePidFile('guard')
  removeShapeRecord()
}

async function gone(found: FoundProcess): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (lives(found)) {
    if (performance.now() > deadline)
      throw new Failure(`${found.name} (process ${found.pid}) does not end: see .kilomega/logs, and end it with kill -9 ${found.pid}`)
    await sleep(pollMs)
  }
}
