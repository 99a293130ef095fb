import { mkdirSync } from 'node:fs'
import { Failure } from '../failure.js'
import { readShapeRecord, removeShapeRecord } from '../shape/shape-record.js'
import { endProcess } from './end-process.js'
import { Guard } from './guard.js'
import { dataFolder } from './paths.js'
import { findProcesses, readPidFile, removePidFile, writePidFile } from './pid-file.js'
import type { Screen } from './screen.js'
import { namesText } from '../terminal/names-text.js'
import { inStopOrder } from './stop-order.js'

/** It has lost its log with its launcher, and nothing that it has answered for can be lost. */
const orphanPatienceMs = 2_000

/** One launcher for each folder, whether of `km start` or of `km up`. */
export class FolderClaim {
  private taken = false
  private readonly guard = new Guard()

  get isTaken(): boolean {
    return this.taken
  }

  /** Refuses while another launcher is here; what a killed one left running is ended. */
  async take(screen: Screen, emptyIt: () => Promise<void> = async () => undefined): Promise<void> {
    const other = readPidFile('launcher')
    if (other) throw new Failure(`${alreadyText(other.pid)}: stop it there with Ctrl-C, or from anywhere with npx km down`)
    await endOrphans(screen)
    await emptyIt()
    mkdirSync(dataFolder, { recursive: true })
    writePidFile('launcher', process.pid)
    this.guard.start()
    this.taken = true
  }

  leave(): void {
    if (!this.taken) return
    this.guard.dismiss()
    removePidFile('launcher')
  }
}

function alreadyText(launcher: number): string {
  const shape = readShapeRecord()
  const what = shape === undefined ? '' : `, as tier ${shape.tier} at ${shape.url} with ${namesText(inStopOrder(findProcesses()))}`
  return `Kilomega runs in this folder already (process ${launcher})${what}`
}

/** PostgreSQL is left to whoever starts it next in its folder. */
async function endOrphans(screen: Screen): Promise<void> {
  const guard = readPidFile('guard')
  if (guard) await endProcess(guard, orphanPatienceMs)
  const orphans = inStopOrder(findProcesses().filter(({ name }) => name !== 'postgres'))
  for (const orphan of orphans) {
    const { name } = orphan
    await screen.during(`Ending ${name === 'api' ? 'an API' : name} that a killed launcher left behind`, endProcess(orphan, orphanPatienceMs))
  }
  removeShapeRecord()
}
