import { join } from 'node:path'
import type { Environment } from '@kilomega/config'
import { AppProcess } from '../start/app-process.js'
import { dataFolder } from '../start/paths.js'
import { ProcessLog } from '../start/process-log.js'
import type { Screen } from '../start/screen.js'
import { inStopGroups } from '../start/stop-order.js'
import { namesText } from '../terminal/names-text.js'
import type { ProcessConnections } from './connection-budget.js'
import type { PlannedProcess } from './plan.js'

export interface ShapeProcess {
  planned: PlannedProcess
  process: AppProcess
}

export const internalUrlOf = ({ internalPort }: PlannedProcess): string => `http://127.0.0.1:${internalPort}`

/** The applications of a shape as processes on this machine. */
export class ShapeProcesses {
  readonly all: ShapeProcess[] = []

  constructor(private readonly screen: Screen) {}

  /** All at once: none needs another one to start. */
  start(planned: readonly PlannedProcess[], environmentOf: (planned: PlannedProcess) => Environment): void {
    for (const one of planned) {
      const log = new ProcessLog(join(dataFolder, `logs/${one.name}.log`), { show: this.screen.error, prefix: `${one.name} | `, quiet: true })
      const description = { name: one.name, app: one.app, label: one.name, url: internalUrlOf(one) }
      this.all.push({ planned: one, process: new AppProcess(description, environmentOf(one), log) })
    }
  }

  /** Resolves when all of them serve, and reports each one; fails as soon as one has ended or is not ready in time. */
  async ready(): Promise<void> {
    const began = performance.now()
    const reportReady = ({ process }: ShapeProcess) => this.screen.done(process.description.label, performance.now() - began)
    await Promise.all(this.all.map(async (one) => one.process.ready().then(() => reportReady(one))))
    // From here on the end of one process is reported, and the others continue.
    for (const { process } of this.all) void process.crashed().catch((failure: Error) => this.screen.error(failure.message))
  }

  connections(): ProcessConnections[] {
    return this.all.map(({ planned: { name }, process: { log } }) => ({ name, connections: log.connections }))
  }

  async stop(): Promise<void> {
    for (const group of inStopGroups(this.all.filter(({ process }) => process.isRunning()).map(named))) {
      await this.screen.during(`Stopping ${namesText(group)}`, Promise.all(group.map(({ process }) => process.stop())))
    }
  }

  kill(): void {
    this.all.forEach(({ process }) => process.kill())
  }
}

const named = ({ process }: ShapeProcess) => ({ name: process.description.name, process })
