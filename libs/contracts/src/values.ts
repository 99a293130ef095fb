import { z } from 'zod'

/** UUIDv7: ordered by time, so that keyset paging and indexes follow the order of creation. */
export const Id = z.uuidv7().meta({ example: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10' })
export type Id = z.infer<typeof Id>

const storable = /^[^\u0000\p{Cs}]*$/u
/** Text that Postgres can store: no NUL character, no lone surrogate. */
export const Text = z.string().refine((text) => storable.test(text), 'NUL characters and halves of characters are not accepted')

const visible = /[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufff9-\ufffb]/u
/**
 * A name given by people: in one form (NFC) however it was typed, so that equal names compare as equal, and with at least one visible character. A filter by
 * such names uses `Text.normalize()`.
 */
export const Name = Text.normalize('NFC')
  .trim()
  .min(1)
  .refine((text) => text === '' || visible.test(text), 'must contain a visible character')

/** A time in our answers: RFC 3339 in UTC with milliseconds. Times from callers are `AnyTime`. */
export const Time = z.iso
  .datetime({ precision: 3 })
  .refine((text) => !text.startsWith('0000'), 'years start at 0001')
  .meta({ example: '2026-01-31T12:00:00.000Z' })
export type Time = z.infer<typeof Time>

/** The page size of any list. `after` is the sort key of the last item seen; the edge signs it into an opaque cursor. */
export const PageSize = z.int().min(1).max(100).meta({ example: 20 })

/** No fields: the input of operations without parameters. */
export const Nothing = z.object({})
