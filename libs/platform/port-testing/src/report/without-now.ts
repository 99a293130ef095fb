/** As RFC 3339 with milliseconds, which is how times come out of a database. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
/** Longer than a report takes, milliseconds. */
const nowMs = 600_000

/** A value with a word in the place of each time of this moment: two databases that do the same one after the other write times that differ. */
export function withoutNow(value: unknown): unknown {
  if (typeof value === 'string') return instant.test(value) && Math.abs(Date.parse(value) - Date.now()) < nowMs ? 'now' : value
  if (Array.isArray(value)) return value.map(withoutNow)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutNow(part)]))
}
