import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const idBytes = 16
/** Random bytes are generated this many at once: generated one id at a time, they make up three quarters of the cost of an id, 2.3 us. */
const poolBytes = 256 * idBytes
const pool = Buffer.alloc(poolBytes)
let taken = poolBytes
let lastMs = 0
let sequence = 0

/** Version 7 UUIDs of this process, each greater than the previous one, even when the clock goes back. */
export function nextId(): string {
  if (taken === poolBytes) {
    randomFillSync(pool)
    taken = 0
  }
  const random = pool.subarray(taken, (taken += idBytes))
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    // A random start in each millisecond, as the RFC advises: if all started at 0, two processes would collide. Half of the range is left for counting.
    sequence = random.readUInt32BE(6) >>> 1
  } else sequence += 1
  return v7({ random, msecs: lastMs, seq: sequence })
}

/** The lowest version 7 UUID of a time: they start with the milliseconds since 1970, in 48 bits. */
export function leastId(ms: number): string {
  const digits = Math.min(ms, 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`
}
