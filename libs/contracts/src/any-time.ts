import { z } from 'zod'

const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/i
const inUtc = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const first = Date.parse('0001-01-01T00:00:00.000Z')
const last = Date.parse('9999-12-31T23:59:59.999Z')

/** Converts an RFC 3339 time with any offset and any fraction of a second to UTC with milliseconds; undefined if it is not one. */
export function utcOf(text: string): string | undefined {
  if (inUtc.test(text)) return text
  const parts = form.exec(text)
  const midnight = parts === null ? undefined : midnightOf(parts)
  if (midnight === undefined) return undefined
  const [hour = 0, minute = 0, second = 0, offsetHours = 0, offsetMinutes = 0] = [4, 5, 6, 9, 10].map((index) => Number(parts![index] ?? 0))
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined
  const [fraction = '', sign] = parts!.slice(7)
  const offsetMs = (offsetHours * 60 + offsetMinutes) * minuteMs * (sign === '-' ? -1 : 1)
  const minuteAt = midnight + (hour * 60 + minute) * minuteMs - offsetMs
  // A leap second ends a UTC day.
  if (second === 60 && (minuteAt + minuteMs) % dayMs !== 0) return undefined
  const at = minuteAt + second * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return at >= first && at <= last ? new Date(at).toISOString() : undefined
}

/** The start of its day, if that day exists. */
function midnightOf(parts: readonly string[]): number | undefined {
  const [, year, month, day] = parts.map(Number)
  const date = new Date(0)
  date.setUTCFullYear(year!, month! - 1, day)
  return date.getUTCMonth() === month! - 1 && date.getUTCDate() === day ? date.getTime() : undefined
}

/**
 * A time as callers send it: everything that RFC 3339 allows. It is converted to UTC with milliseconds; finer fractions are cut off. Years 0001 to 9999,
 * which PostgreSQL and JavaScript write in the same way.
 */
export const AnyTime = z
  .stringFormat('date-time', (text) => utcOf(text) !== undefined, 'a time of RFC 3339 in the years 0001 to 9999, such as 2026-01-31T13:00:00+01:00')
  .overwrite((text) => utcOf(text) ?? text)
  .meta({ example: '2026-01-31T12:00:00.000Z' })
export type AnyTime = z.infer<typeof AnyTime>
