import { type Histogram, Metrics, Signals } from '@kilomega/observability'
import { AppError, type AnyPort, type CallReport, type Transport } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'

/** How strictly ports within this process are held to what a wire would do; set by `start()` from the stage. */
export abstract class Strictness {
  /** Development and tests: values pass through JSON, and answers are checked against their schemas. */
  abstract readonly wireHonest: boolean
  /** Tests: what a wire may do to a delivery, put around the transport of each port. Nothing where it is absent. */
  abstract readonly around?: Around
}

export type Around = (port: AnyPort, transport: Transport) => Transport

/** Of one operation, in one process, milliseconds: a service that hangs does it at each call. */
const tellOverdueEveryMs = 60_000

/** Measures port calls and tells of those that failed by our own fault, or go on though their time is over. */
@Injectable()
export class PortCalls {
  private readonly durations: Histogram
  private overdue = 0
  private readonly toldMs = new Map<string, number>()

  constructor(
    metrics: Metrics,
    private readonly signals: Signals,
    private readonly strictness: Strictness,
  ) {
    this.durations = metrics.histogram('port_call_duration_ms', 'Port calls by operation and outcome', ['port', 'operation', 'outcome'])
    metrics.gauge('port_calls_overdue', 'Port calls whose deadline has passed and whose service goes on all the same', () => this.overdue)
  }

  get strict(): boolean {
    return this.strictness.wireHonest
  }

  /** The transport as the client half gets it. */
  around(port: AnyPort, transport: Transport): Transport {
    return this.strictness.around?.(port, transport) ?? transport
  }

  readonly report = (call: CallReport): void => {
    if (call.overdue !== undefined) this.noteOverdue(call)
    const { port, operation, durationMs, error, overdue } = call
    if (overdue === undefined || overdue === 'goes on') this.durations.observe(durationMs, port, operation, outcomeOf(error))
    if (error !== undefined && !(error instanceof AppError)) this.signals.emit('port.call-failed', { port, operation }, error)
  }

  private noteOverdue({ port, operation, overdue }: CallReport): void {
    if (overdue === 'goes on') this.overdue += 1
    if (overdue === 'ended') this.overdue -= 1
    if (overdue !== 'given up') return
    const name = `${port}.${operation}`
    const nowMs = performance.now()
    if (nowMs - (this.toldMs.get(name) ?? -Infinity) < tellOverdueEveryMs) return
    this.toldMs.set(name, nowMs)
    this.signals.emit('port.calls-overdue', { port, operation, overdue: this.overdue })
  }
}

const outcomeOf = (error: unknown): string => (error === undefined ? 'ok' : error instanceof AppError ? error.kind : 'internal')
