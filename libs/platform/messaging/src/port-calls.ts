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

/** Measures port calls and tells of those that failed by our own fault. */
@Injectable()
export class PortCalls {
  private readonly durations: Histogram

  constructor(
    metrics: Metrics,
    private readonly signals: Signals,
    private readonly strictness: Strictness,
  ) {
    this.durations = metrics.histogram('port_call_duration_ms', 'Port calls by operation and outcome', ['port', 'operation', 'outcome'])
  }

  get strict(): boolean {
    return this.strictness.wireHonest
  }

  /** The transport as the client half gets it. */
  around(port: AnyPort, transport: Transport): Transport {
    return this.strictness.around?.(port, transport) ?? transport
  }

  readonly report = ({ port, operation, durationMs, error }: CallReport): void => {
    this.durations.observe(durationMs, port, operation, outcomeOf(error))
    if (error !== undefined && !(error instanceof AppError)) this.signals.emit('port.call-failed', { port, operation }, error)
  }
}

const outcomeOf = (error: unknown): string => (error === undefined ? 'ok' : error instanceof AppError ? error.kind : 'internal')
