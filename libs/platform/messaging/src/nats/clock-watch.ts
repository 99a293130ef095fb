import type { Health, Signals } from '@kilomega/observability'

/** Clocks that differ by less are not worth a word, milliseconds: a call may have lain in a queue for as long. */
const worthAWordMs = 5_000
/** Of one caller, milliseconds. */
const tellEveryMs = 60_000
/** A caller who has not been heard for this long is of no account, milliseconds. */
const heardWithinMs = 300_000
/** Callers whose clocks are remembered: more than any system has keys. */
const maxCallers = 1_000

/** Two clocks at one moment, milliseconds since 1970. */
interface Reading {
  thereMs: number
  hereMs: number
}

interface Apart extends Reading {
  /** When they last differed, and when that was told, on the monotonic clock. */
  heardMs: number
  toldMs: number
}

/** Knows of which callers the clock differs from that of this process: who, and by how much. A difference of more than a minute costs all of their calls. */
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
    if (Math.abs(reading.thereMs - reading.hereMs) < worthAWordMs) {
      if (before !== undefined) before.heardMs = -Infinity
      return
    }
    const nowMs = performance.now()
    if (before === undefined && this.apart.size >= maxCallers) return
    const tell = nowMs - (before?.toldMs ?? -Infinity) >= tellEveryMs
    this.apart.set(caller, { ...reading, heardMs: nowMs, toldMs: tell ? nowMs : before!.toldMs })
    if (!tell) return
    this.signals.emit('nats.clocks-apart', { caller, ...timesOf(reading), aheadS: secondsAhead(reading) })
    this.beChecked()
  }

  /** Said where somebody asks how this process is, once there is something to say. */
  private beChecked(): void {
    if (this.registered) return
    this.registered = true
    this.health.register({ name: 'clocks', required: false, check: async () => this.check() })
  }

  private check(): void {
    const nowMs = performance.now()
    const problems = [...this.apart]
      .filter(([, { heardMs }]) => nowMs - heardMs < heardWithinMs)
      .map(([caller, reading]) => wordsFor(caller, reading))
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

/** Whatever somebody says is his time is no date, perhaps. */
function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
