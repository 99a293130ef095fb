/** First day of the UTC month that is `count` months after that of `time`, as `YYYY-MM-DD`. */
export const monthAfter = (time: Date, count: number): string =>
  new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + count, 1)).toISOString().slice(0, 10)

const hourMs = 60 * 60 * 1_000
export const intervalMs = { hour: hourMs, day: 24 * hourMs } as const
export type Interval = keyof typeof intervalMs

/** The days of the UTC month that starts on `first`, as `YYYY-MM-DD`. */
export function daysOf(first: string): string[] {
  const startMs = Date.parse(first)
  const days = (Date.parse(monthAfter(new Date(startMs), 1)) - startMs) / intervalMs.day
  return Array.from({ length: days }, (_, day) => new Date(startMs + day * intervalMs.day).toISOString().slice(0, 10))
}

/** UTC has no summer time and no leap seconds here, so hours and days are plain division. */
export const startOf = (interval: Interval, time: string): Date =>
  new Date(Math.floor(Date.parse(time) / intervalMs[interval]) * intervalMs[interval])

/** The last instant whose year has four digits: PostgreSQL cannot read the format that JavaScript uses for later ones. */
const endOfTime = Date.parse('9999-12-31T23:59:59.999Z')

export const endOf = (interval: Interval, time: string): Date =>
  new Date(Math.min(endOfTime, Math.ceil(Date.parse(time) / intervalMs[interval]) * intervalMs[interval]))
