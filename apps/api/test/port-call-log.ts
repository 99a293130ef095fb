import type { Around } from '@kilomega/messaging'

/** Records which ports were called for which request. */
export class PortCallLog {
  private readonly calls = new Map<string, string[]>()

  readonly around: Around = (_, transport) => (envelope, cancellation) => {
    const { requestId } = envelope.trace
    this.calls.set(requestId, [...this.of(requestId), `${envelope.port}.${envelope.operation}`])
    return transport(envelope, cancellation)
  }

  /** Every operation that was called, as `<port>.<operation>`. */
  all(): ReadonlySet<string> {
    return new Set([...this.calls.values()].flat())
  }

  of(requestId: string): readonly string[] {
    return this.calls.get(requestId) ?? []
  }
}
