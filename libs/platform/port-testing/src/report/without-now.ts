/** RFC 3339 with milliseconds, the format of times from the database, also inside JSON that it has made. */
const instant = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g
/** Longer than a report takes, in milliseconds. */
const nowMs = 600_000
/** What is counted from now: the time itself, and limits a day ahead. */
const limitsMs = [0, 24 * 3_600_000]

/** Fields of error details that say how long to wait, counted from now. */
const waits = ['retryAfterS']

/** The value with a word in place of every recent time and every wait counted from now: two databases that do the same one after another write different times. */
export function withoutNow(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(instant, (time) => (isOfNow(time) ? 'now' : time))
  if (Array.isArray(value)) return value.map(withoutNow)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, waits.includes(name) && typeof part === 'number' ? 'a while' : withoutNow(part)]),
  )
}

const isOfNow = (time: string): boolean => limitsMs.some((aheadMs) => Math.abs(Date.parse(time) - Date.now() - aheadMs) < nowMs)
