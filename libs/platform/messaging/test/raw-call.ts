/** The parts of a call on the wire, for messages that our own code would never send. A part that is undefined is left out. */
export interface RawCall {
  operation?: unknown
  timeLeftMs?: unknown
  context?: unknown
  requestId?: unknown
  traceparent?: unknown
  key?: unknown
  /** Lines of a newer version. */
  more?: readonly string[]
  /** JSON, or text that is not JSON. */
  body?: string
}

export function rawCall({ operation, timeLeftMs, context, requestId, traceparent, key, more = [], body = '' }: RawCall): string {
  const lines = [operation, timeLeftMs, context, requestId, traceparent, key].map((value) => (value === undefined ? '-' : String(value)))
  return `${[...lines, ...more].join('\n')}\n\n${body}`
}
