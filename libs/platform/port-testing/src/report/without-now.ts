/** RFC 3339 with milliseconds, the format of times from the database. */
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
/** Longer than a report takes, in milliseconds. */
const nowMs = 600_000

/** The value with the word `now` in place of every recent time: two databases that do the same one after another write different times. */
export function withoutNow(value: unknown): unknown {
  if (typeof value === 'string') return instant.test(value) && Math.abs(Date.parse(value) - Date.now()) < nowMs ? 'now' : value
  if (Array.isArray(value)) return value.map(withoutNow)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutNow(part)]))
}
