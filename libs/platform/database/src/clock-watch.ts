import { hostname } from 'node:os'
import type { Health, Signals } from '@kilomega/observability'
import { type Clock, CurrentCall, runCall, system } from '@kilomega/ports'
import type { AnchoredClock } from './database-clock.js'

/** How often the clocks are compared, in milliseconds. */
const everyMs = 30_000
/** In milliseconds. Clocks set by NTP differ by some 10 ms; a difference of 5 s means that a clock is not synchronised. */
const apartMs = 5_000
/** In milliseconds. At the start there is no earlier answer to fall back on. */
const firstWithinMs = 10_000
const askWithinMs = 1_000

interface WatchParts {
  /** The clock of the machine on which this process runs. */
  own: Clock
  database: AnchoredClock
  signals: Signals
}

/** Keeps the database time of this process up to date, and reports it when the clock of this process differs from it by more than 5 s: at the start and every 30 s. */
export class ClockWatch {
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly parts: WatchParts) {}

  /** Rejects if the database does not answer: a process does not start without knowing the time. */
  async start(health: Health): Promise<void> {
    await this.compare(firstWithinMs)
    this.timer = setInterval(() => {
      // If the database is down, its own check reports that.
      this.compare(askWithinMs).catch(() => undefined)
    }, everyMs).unref()
    health.register({ name: 'clock', required: false, check: async () => this.requireClose() })
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private async compare(withinMs: number): Promise<void> {
    const call = new CurrentCall({ actor: system, trace: { requestId: 'clock' }, deadlineMs: performance.now() + withinMs })
    await runCall(call, () => this.parts.database.anchor())
    const found = this.difference()
    if (found !== undefined) this.parts.signals.emit('clock.apart', found)
  }

  private requireClose(): void {
    const found = this.difference()
    if (found === undefined) return
    const { process, here, other, there, differenceMs } = found
    const how = `${Math.round(Math.abs(differenceMs) / 1_000)} s ${differenceMs > 0 ? 'ahead of' : 'behind'}`
    throw new Error(`the clock of ${process} is ${how} that of the ${other}: ${here} here, ${there} there`)
  }

  /** Both clocks and the process, if they are too far apart. */
  private difference() {
    const { own, database } = this.parts
    const [ownMs, databaseMs] = [own.nowMs(), database.nowMs()]
    const differenceMs = Math.round(ownMs - databaseMs)
    if (Math.abs(differenceMs) <= apartMs) return undefined
    const [here, there] = [new Date(ownMs).toISOString(), new Date(databaseMs).toISOString()]
    return { process: `process ${process.pid} on ${hostname()}`, here, other: 'database', there, differenceMs }
  }
}
