/** As RFC 3339 with milliseconds, which is how times come out of a database; also inside JSON that it has made. */
const instant = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g
/** Longer than a report takes, milliseconds. */
const nowMs = 600_000

/** How long a caller is to wait, in the details of errors: counted from this moment. */
const waits = ['retryAfterS']

/**
 * A value with a word in the place of each time of this moment, and of each wait that is counted from it: two databases that do the same one after the
 * other write times that differ.
 */
export function withoutNow(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(instant, (time) => (isOfNow(time) ? 'now' : time))
  if (Array.isArray(value)) return value.map(withoutNow)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, waits.includes(name) && typeof part === 'number' ? 'a while' : withoutNow(part)]),
  )
}

const isOfNow = (time: string): boolean => Math.abs(Date.parse(time) - Date.now()) < nowMs
