import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const idBytes = 16
/** Of random bytes that are asked for at once: one by one they are three quarters of what an id costs, 2.3 us. */
const poolBytes = 256 * idBytes
const pool = Buffer.alloc(poolBytes)
let taken = poolBytes
let lastMs = 0
let sequence = 0

/** Version 7 UUIDs of this process, each greater than the one before, also when the clock goes back. */
export function nextId(): string {
  if (taken === poolBytes) {
    randomFillSync(pool)
    taken = 0
  }
  const random = pool.subarray(taken, (taken += idBytes))
  const nowMs = Date.now()
  if (nowMs > lastMs) {
    lastMs = nowMs
    // A beginning of its own each millisecond, as the RFC advises: two processes would meet at 0. Half of the range is left to count in.
    sequence = random.readUInt32BE(6) >>> 1
  } else sequence += 1
  return v7({ random, msecs: lastMs, seq: sequence })
}

/** The least version 7 UUID of a time: they begin with the milliseconds since 1970, of which there are 48 bits. */
export function leastId(ms: number): string {
  const digits = Math.min(ms, 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`
}
