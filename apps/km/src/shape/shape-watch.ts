import { setTimeout as sleep } from 'node:timers/promises'
import { HttpClient } from '../api/http-client.js'
import { logOf } from '../start/paths.js'
import type { Screen } from '../start/screen.js'
import { colorsFor } from '../terminal/colors.js'
import { healthOf } from './process-health.js'
import type { ShapeLaunch } from './shape-launch.js'
import type { SupervisedProcess } from './supervised-process.js'
import { internalUrlOf } from './shape-processes.js'
import { type ShapeRow, shapeTableText } from './shape-table.js'
import { UsageMeter } from './usage-meter.js'

const everyMs = 1_000

/** Watches the running processes, once a second: a table on a terminal, and everywhere a line for each change of state. */
export class ShapeWatch {
  private readonly meter = new UsageMeter()
  private readonly reported = new Map<string, string>()

  constructor(
    private readonly launch: ShapeLaunch,
    private readonly screen: Screen,
  ) {}

  /** The next round starts one second after the last one has ended, so that slow answers do not pile up. */
  async until(stop: Promise<void>): Promise<void> {
    let stopped = false
    void stop.then(() => (stopped = true))
    while (!stopped) {
      await Promise.race([this.rows().then((rows) => stopped || this.show(rows)), stop])
      await Promise.race([sleep(everyMs), stop])
    }
    this.screen.below('')
  }

  private async rows(): Promise<ShapeRow[]> {
    const servers = this.launch.servers.running().map(({ name, port, pid, isRunning }) => ({
      ...{ name, pid, ports: [port], problems: [] },
      state: isRunning() ? ('up' as const) : ('down' as const),
    }))
    const rows = [...servers, ...(await Promise.all(this.launch.processes.all.map(rowOf)))]
    const usages = this.meter.read(rows.map(({ pid }) => pid))
    return rows.map((row) => ({ ...row, usage: row.state === 'down' ? undefined : usages.get(row.pid) }))
  }

  private show(rows: readonly ShapeRow[]): void {
    rows.forEach((row) => this.reportChange(row))
    this.screen.below(`${shapeTableText(rows, colorsFor(process.stdout), process.stdout.columns)}\nCtrl-C stops everything.`)
  }

  private reportChange({ name, state, problems }: ShapeRow): void {
    const text = problems.length === 0 ? state : `${state} (${problems.join(', ')})`
    const before = this.reported.get(name) ?? 'up'
    this.reported.set(name, text)
    const log = state === 'down' ? `; its log is ${logOf(name)}, and the others keep running` : ''
    if (before !== text) this.screen.line(`${name} is ${text}${log}`)
  }
}

async function rowOf({ planned, process }: SupervisedProcess): Promise<ShapeRow & { pid: number }> {
  const { name, publicPort = [], internalPort } = planned
  const about = { name, pid: process.pid ?? 0, ports: [publicPort, internalPort].flat() }
  if (!process.isRunning()) return { ...about, state: 'down', problems: [] }
  const { state, checks } = await healthOf(new HttpClient(internalUrlOf(planned)))
  return { ...about, state, problems: checks.filter(({ up }) => !up).map((check) => check.name) }
}
