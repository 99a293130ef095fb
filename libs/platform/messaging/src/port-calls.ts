import { type Histogram, Metrics, Signals } from '@kilomega/observability'
import { AppError, type AnyPort, type CallReport, type Transport } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'

/** How strictly local ports are made to behave as they would over a wire; set by `start()` from the stage. */
export abstract class Strictness {
  /** In development and tests, values pass through JSON, and answers are checked against their schemas. */
  abstract readonly wireHonest: boolean
  /** Wraps the transport of each port in tests, to do what a wire may do to a delivery. If omitted, nothing is wrapped. */
  abstract readonly around?: Around
}

export type Around = (port: AnyPort, transport: Transport) => Transport

/** Overdue calls are reported this often for one operation in one process, in milliseconds: a service that hangs has one at every call. */
const reportOverdueEveryMs = 60_000

/** Measures port calls, and reports those that failed through our own fault or that continue after their deadline. */
@Injectable()
export class PortCalls {
  private readonly durations: Histogram
  private overdue = 0
  private readonly reportedMs = new Map<string, number>()

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

  /** The transport that the client half gets. */
  around(port: AnyPort, transport: Transport): Transport {
    return this.strictness.around?.(port, transport) ?? transport
  }

  readonly report = (call: CallReport): void => {
    if (call.overdue !== undefined) this.noteOverdue(call)
    const { port, operation, durationMs, error, overdue } = call
    if (overdue === undefined || overdue === 'running') this.durations.observe(durationMs, port, operation, outcomeOf(error))
    if (error !== undefined && !(error instanceof AppError)) this.signals.emit('port.call-failed', { port, operation }, error)
  }

  private noteOverdue({ port, operation, overdue }: CallReport): void {
    if (overdue === 'running') this.overdue += 1
    if (overdue === 'ended') this.overdue -= 1
    if (overdue !== 'given up') return
    const name = `${port}.${operation}`
    const nowMs = performance.now()
    if (nowMs - (this.reportedMs.get(name) ?? -Infinity) < reportOverdueEveryMs) return
    this.reportedMs.set(name, nowMs)
    this.signals.emit('port.calls-overdue', { port, operation, overdue: this.overdue })
  }
}

const outcomeOf = (error: unknown): string => (error === undefined ? 'ok' : error instanceof AppError ? error.kind : 'internal')
