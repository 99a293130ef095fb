import { randomFillSync } from 'node:crypto'

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/

/**
 * Continues a W3C trace, or starts one: the incoming trace id and flags, with a new span id. An invalid header counts as missing, as the specification
 * requires. The id is new for each request, even if several belong to one trace; if the trace starts here, its trace id is the same as the id.
 */
export function beginSpan(incoming: string | undefined): { id: string; traceparent: string } {
  const [, traceId, flags] = incoming === undefined ? [] : (pattern.exec(incoming) ?? [])
  const random = nextRandomHex()
  const id = random.slice(0, 32)
  return { id, traceparent: `00-${traceId ?? id}-${random.slice(32)}-${flags ?? '00'}` }
}

/** An id of 16 bytes and a span id of 8. */
const idBytes = 24
/** Random bytes are drawn for 2,000 ids at once, 48 KB: a call for each would take 1 us. */
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
