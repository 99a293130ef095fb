/** The parts of a call as it travels, for messages that nobody of ours would send; what is undefined stays away. */
export interface RawCall {
  operation?: unknown
  timeLeftMs?: unknown
  context?: unknown
  requestId?: unknown
  traceparent?: unknown
  key?: unknown
  /** Lines of a newer version. */
  more?: readonly string[]
  /** JSON, or what is not. */
  body?: string
}

export function rawCall({ operation, timeLeftMs, context, requestId, traceparent, key, more = [], body = '' }: RawCall): string {
  const lines = [operation, timeLeftMs, context, requestId, traceparent, key].map((value) => (value === undefined ? '-' : String(value)))
  return `${[...lines, ...more].join('\n')}\n\n${body}`
}
