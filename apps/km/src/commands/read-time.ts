import { InvalidArgumentError } from 'commander'
import { z } from 'zod'

const Day = z.iso.date()
const Moment = z.iso.datetime({ offset: true })

/** A day, which begins at midnight UTC, or a time with its zone. A bare number is neither: JavaScript would take 12 for December of 2001. */
export function readTime(text: string): string {
  if (!Day.safeParse(text).success && !Moment.safeParse(text).success)
    throw new InvalidArgumentError('it is no time: write it as in 2026-11-25 or 2026-11-25T12:00:00Z')
  return new Date(text).toISOString()
}
