import { InvalidArgumentError } from 'commander'
import { z } from 'zod'

const Day = z.iso.date()
const Moment = z.iso.datetime({ offset: true })

/** A day, which starts at midnight UTC, or a time with its zone. A bare number is refused: JavaScript would read 12 as December 2001. */
export function readTime(text: string): string {
  if (!Day.safeParse(text).success && !Moment.safeParse(text).success)
    throw new InvalidArgumentError('it is not a time: write it as in 2026-11-25 or 2026-11-25T12:00:00Z')
  return new Date(text).toISOString()
}
