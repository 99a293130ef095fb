import { hostname } from 'node:os'
import type { Health, Signals } from '@kilomega/observability'
import { type Clock, CurrentCall, runCall, system } from '@kilomega/ports'
import type { AnchoredClock } from './database-clock.js'

/** Milliseconds. */
const everyMs = 30_000
/** Clocks that are set by NTP differ by some 10 ms; 5 s are a clock that is not set, milliseconds. */
const apartMs = 5_000
/** At the start there is nothing to go by without an answer, milliseconds. */
const firstWithinMs = 10_000
const askWithinMs = 1_000

interface WatchParts {
  /** The clock of this process's machine. */
  own: Clock
  database: AnchoredClock
  signals: Signals
}

/** Keeps the database's clock at hand, and says so where the one of this process differs from it by more than 5 s: at the start and every 30 s. */
export class ClockWatch {
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly parts: WatchParts) {}

  /** Rejects where the database gives no answer: a process does not begin without its time. */
  async start(health: Health): Promise<void> {
    await this.look(firstWithinMs)
    this.timer = setInterval(() => {
      // While the database is away its own check says so.
      this.look(askWithinMs).catch(() => undefined)
    }, everyMs).unref()
    health.register({ name: 'clock', required: false, check: async () => this.refuseApart() })
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private async look(withinMs: number): Promise<void> {
    const call = new CurrentCall({ actor: system, trace: { requestId: 'clock' }, deadlineMs: performance.now() + withinMs })
    await runCall(call, () => this.parts.database.anchor())
    const found = this.difference()
    if (found !== undefined) this.parts.signals.emit('clock.apart', found)
  }

  private refuseApart(): void {
    const found = this.difference()
    if (found === undefined) return
    const { process, here, other, there, differenceMs } = found
    const how = `${Math.round(Math.abs(differenceMs) / 1_000)} s ${differenceMs > 0 ? 'ahead of' : 'behind'}`
    throw new Error(`the clock of ${process} is ${how} that of the ${other}: ${here} here, ${there} there`)
  }

  /** Both clocks and whose they are, where they are apart. */
  private difference() {
    const { own, database } = this.parts
    const [ownMs, databaseMs] = [own.nowMs(), database.nowMs()]
    const differenceMs = Math.round(ownMs - databaseMs)
    if (Math.abs(differenceMs) <= apartMs) return undefined
    const [here, there] = [new Date(ownMs).toISOString(), new Date(databaseMs).toISOString()]
    return { process: `process ${process.pid} on ${hostname()}`, here, other: 'database', there, differenceMs }
  }
}
