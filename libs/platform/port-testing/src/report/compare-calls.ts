import { isDeepStrictEqual } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import type { AnyPort } from '@kilomega/ports'
import { type CallOutcome, outcomeOf } from '../generated/call-outcome.js'
import type { GeneratedCall } from '../generated/generated-calls.js'
import { quiet } from './quiet.js'
import type { ReportWorld } from './report-world.js'
import { withoutNow } from './without-now.js'

/** A call that came out differently in the two worlds. */
export interface Difference {
  what: string
  call: Omit<GeneratedCall, 'key'>
  local: CallOutcome
  remote: CallOutcome
}

export interface Compared {
  call: GeneratedCall
  local: CallOutcome
  tookMs: { local: number; remote: number }
  difference?: Difference
}

/** The effects of jobs and events after a call become visible later, at a different time in each world: queries are repeated for this long, in milliseconds. */
const settleMs = 5_000
const retryAfterMs = 50
/** After this many differences the worlds stay different: waiting any longer would turn a report of seconds into one of minutes. */
const mostAwaited = 5

/** Ids from answers, for use in later calls. */
export class SeenIds {
  private readonly ids: string[] = []
  private readonly pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

  note(value: unknown): void {
    if (typeof value === 'string' && this.pattern.test(value) && !this.ids.includes(value)) this.ids.push(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach((part) => this.note(part))
  }

  /** Replaces the generated ids of every second call with ids that were seen. */
  into(input: unknown, index: number): unknown {
    if (typeof input === 'string')
      return this.pattern.test(input) && this.ids.length > 0 && index % 2 === 0 ? this.ids[index % this.ids.length] : input
    if (typeof input !== 'object' || input === null) return input
    if (Array.isArray(input)) return input.map((part) => this.into(part, index))
    return Object.fromEntries(Object.entries(input).map(([name, part]) => [name, this.into(part, index)]))
  }
}

/** Makes the same calls in both worlds, one after another, and reports differences. */
export class CallComparison {
  private differences = 0

  constructor(
    private readonly port: AnyPort,
    private readonly worlds: readonly ReportWorld[],
  ) {}

  async compare(what: string, call: GeneratedCall): Promise<Compared> {
    const [local, remote] = this.worlds
    const [here, there] = [await timed(local!, call), await timed(remote!, call)]
    const compared: Compared = { call, local: here.outcome, tookMs: { local: here.tookMs, remote: there.tookMs } }
    if (!this.isQuery(call) && 'value' in here.outcome) await quiet(this.worlds, this.port.portName)
    if (isDeepStrictEqual(withoutNow(here.outcome), withoutNow(there.outcome)) || (await this.becomeEqual(call))) return compared
    this.differences += 1
    const { key: _, ...shown } = call
    return { ...compared, difference: { what, call: shown, local: here.outcome, remote: there.outcome } }
  }

  private isQuery({ operation }: GeneratedCall): boolean {
    return this.port.operations[operation]!.kind === 'query'
  }

  private async becomeEqual(call: GeneratedCall): Promise<boolean> {
    if (!this.isQuery(call) || this.differences >= mostAwaited) return false
    const untilMs = performance.now() + settleMs
    while (performance.now() < untilMs) {
      await wait(retryAfterMs)
      const outcomes = await Promise.all(this.worlds.map(({ port }) => outcomeOf(port as object, call)))
      if (isDeepStrictEqual(withoutNow(outcomes[0]), withoutNow(outcomes[1]))) return true
    }
    return false
  }
}

async function timed(world: ReportWorld, call: GeneratedCall): Promise<{ outcome: CallOutcome; tookMs: number }> {
  const startedMs = performance.now()
  const outcome = await outcomeOf(world.port as object, call)
  return { outcome, tookMs: performance.now() - startedMs }
}
