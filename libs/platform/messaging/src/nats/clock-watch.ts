import type { Health, Signals } from '@kilomega/observability'

/** Smaller differences are not reported, in milliseconds: a call may have waited in a queue for that long. */
const reportFromMs = 5_000
/** One caller is reported at most this often, in milliseconds. */
const reportEveryMs = 60_000
/** A caller whose clock was not seen to differ for this long is ignored, in milliseconds. */
const seenWithinMs = 300_000
/** The most callers whose clocks are remembered: more than any system has keys. */
const maxCallers = 1_000

/** Two clocks at the same moment, in milliseconds since 1970. */
interface Reading {
  thereMs: number
  hereMs: number
}

interface Apart extends Reading {
  /** When they last differed, and when that was last reported, on the monotonic clock. */
  seenMs: number
  reportedMs: number
}

/** Tracks the callers whose clock differs from this process's clock, and by how much. If it differs by more than a minute, all calls of that caller fail. */
export class ClockWatch {
  /** By the id of the caller's key. */
  private readonly apart = new Map<string, Apart>()
  private registered = false

  constructor(
    private readonly signals: Signals,
    private readonly health: Health,
  ) {}

  note(caller: string, reading: Reading): void {
    const before = this.apart.get(caller)
    if (Math.abs(reading.thereMs - reading.hereMs) < reportFromMs) {
      if (before !== undefined) before.seenMs = -Infinity
      return
    }
    const nowMs = performance.now()
    if (before === undefined && this.apart.size >= maxCallers) return
    const report = nowMs - (before?.reportedMs ?? -Infinity) >= reportEveryMs
    this.apart.set(caller, { ...reading, seenMs: nowMs, reportedMs: report ? nowMs : before!.reportedMs })
    if (!report) return
    this.signals.emit('nats.clocks-apart', { caller, ...timesOf(reading), aheadS: secondsAhead(reading) })
    this.registerCheck()
  }

  /** Adds a health check, once there is a difference to report. */
  private registerCheck(): void {
    if (this.registered) return
    this.registered = true
    this.health.register({ name: 'clocks', required: false, check: async () => this.check() })
  }

  private check(): void {
    const nowMs = performance.now()
    const problems = [...this.apart].filter(([, { seenMs }]) => nowMs - seenMs < seenWithinMs).map(([caller, reading]) => wordsFor(caller, reading))
    if (problems.length > 0) throw new Error(problems.join('; '))
  }
}

function wordsFor(caller: string, reading: Reading): string {
  const aheadS = secondsAhead(reading)
  const { there, here } = timesOf(reading)
  return `the clock of the caller with key U${caller}… is ${Math.abs(aheadS)} s ${aheadS > 0 ? 'ahead of' : 'behind'} this one: ${there} there, ${here} here`
}

const secondsAhead = ({ thereMs, hereMs }: Reading): number => Math.round((thereMs - hereMs) / 1_000)

const timesOf = ({ thereMs, hereMs }: Reading): { there: string; here: string } => ({ there: timeOf(thereMs), here: timeOf(hereMs) })

/** The time that a caller sends may not be a valid date. */
function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
