import { randomUUID } from 'node:crypto'

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/

/**
 * Goes on with a W3C trace, or begins one: the trace id and flags of what came in, with a new span id of ours. What is not valid is as good as
 * absent, as the specification wants it.
 */
export function nextTraceparent(incoming: string | undefined): string {
  const [, traceId, flags] = incoming === undefined ? [] : (pattern.exec(incoming) ?? [])
  return `00-${traceId ?? hexId()}-${hexId().slice(0, 16)}-${flags ?? '00'}`
}

/** 122 random bits in 0.16 us, from Node's cache of random bytes; `randomBytes(16)` takes several times as long. */
const hexId = (): string => randomUUID().replaceAll('-', '')
