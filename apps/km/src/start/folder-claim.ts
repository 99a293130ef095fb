import { mkdirSync } from 'node:fs'
import { Failure } from '../failure.js'
import { readShapeRecord, removeShapeRecord } from '../shape/shape-record.js'
import { endProcess } from './end-process.js'
import { Guard } from './guard.js'
import { dataFolder } from './paths.js'
import { primaryName } from './primary-name.js'
import { findProcesses, readPidFile, removePidFile, writePidFile } from './pid-file.js'
import type { Screen } from './screen.js'
import { namesText } from '../terminal/names-text.js'
import { inStopOrder } from './stop-order.js'

/** Short, because an orphan has lost its log together with its launcher, and everything it has acknowledged is already stored. */
const orphanTimeoutMs = 2_000

/** Allows one launcher per folder, whether of `km start` or of `km up`. */
export class FolderClaim {
  private taken = false
  private readonly guard = new Guard()

  get isTaken(): boolean {
    return this.taken
  }

  /** Fails while another launcher runs here; ends what a killed one left running. */
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

  release(): void {
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

/** The primary of PostgreSQL is left for the next launcher, which uses its folder. */
async function endOrphans(screen: Screen): Promise<void> {
  const guard = readPidFile('guard')
  if (guard) await endProcess(guard, orphanTimeoutMs)
  const orphans = inStopOrder(findProcesses().filter(({ name }) => name !== primaryName()))
  for (const orphan of orphans) {
    const { name } = orphan
    await screen.during(`Ending ${name === 'api' ? 'an API' : name} that a killed launcher left behind`, endProcess(orphan, orphanTimeoutMs))
  }
  removeShapeRecord()
}
