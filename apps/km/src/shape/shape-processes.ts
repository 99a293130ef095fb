import { join } from 'node:path'
import type { Environment } from '@kilomega/config'
import { AppProcess } from '../start/app-process.js'
import { dataFolder } from '../start/paths.js'
import { ProcessLog } from '../start/process-log.js'
import type { Screen } from '../start/screen.js'
import { inStopGroups } from '../start/stop-order.js'
import { namesText } from '../terminal/names-text.js'
import type { ProcessConnections } from './connection-budget.js'
import { SupervisedProcess } from './supervised-process.js'
import type { PlannedProcess } from './plan.js'

export const internalUrlOf = ({ internalPort }: PlannedProcess): string => `http://127.0.0.1:${internalPort}`

/** The applications of a shape as processes on this machine. */
export class ShapeProcesses {
  readonly all: SupervisedProcess[] = []

  constructor(private readonly screen: Screen) {}

  /** All at once: none needs another one to start. */
  start(planned: readonly PlannedProcess[], environmentOf: (planned: PlannedProcess) => Environment): void {
    for (const one of planned) {
      const log = new ProcessLog(join(dataFolder, `logs/${one.name}.log`), { show: this.screen.error, prefix: `${one.name} | `, quiet: true })
      const description = { name: one.name, app: one.app, label: one.name, url: internalUrlOf(one) }
      this.all.push(new SupervisedProcess(one, () => new AppProcess(description, environmentOf(one), log)))
    }
  }

  /** Resolves when all of them serve, and reports each one; fails as soon as one has ended or is not ready in time. From then on a process that crashes is started again. */
  async ready(): Promise<void> {
    const began = performance.now()
    const reportReady = ({ process }: SupervisedProcess) => this.screen.done(process.description.label, performance.now() - began)
    await Promise.all(this.all.map(async (one) => one.process.ready().then(() => reportReady(one))))
    for (const one of this.all) one.supervise(this.screen.error)
  }

  connections(): ProcessConnections[] {
    return this.all.map(({ planned: { name }, process: { log } }) => ({ name, connections: log.connections }))
  }

  async stop(): Promise<void> {
    const [running, ended] = [this.all.filter(isRunning), this.all.filter((one) => !isRunning(one))]
    await Promise.all(ended.map((one) => one.stop()))
    for (const group of inStopGroups(running)) {
      await this.screen.during(`Stopping ${namesText(group)}`, Promise.all(group.map((one) => one.stop())))
    }
  }

  kill(): void {
    this.all.forEach(({ process }) => process.kill())
  }
}

const isRunning = ({ process }: SupervisedProcess): boolean => process.isRunning()
