import { randomFillSync } from 'node:crypto'

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/

/**
 * Goes on with a W3C trace, or begins one: the trace id and flags of what came in, with a new span id of ours. What is not valid is as good as
 * absent, as the specification wants it. The id is a new one for each request, also where several belong to one trace; where the trace begins here
 * too, both have the same.
 */
export function beginSpan(incoming: string | undefined): { id: string; traceparent: string } {
  const [, traceId, flags] = incoming === undefined ? [] : (pattern.exec(incoming) ?? [])
  const random = nextRandomHex()
  const id = random.slice(0, 32)
  return { id, traceparent: `00-${traceId ?? id}-${random.slice(32)}-${flags ?? '00'}` }
}

/** An id of 16 bytes and a span id of 8. */
const idBytes = 24
/** Random bytes are taken 2,000 times at once, 48 KB: one call for each would take 1 us. */
const pool = Buffer.alloc(idBytes * 2_000)
let used = pool.length

function nextRandomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += idBytes
  return pool.toString('hex', used - idBytes, used)
}
