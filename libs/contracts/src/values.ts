import { z } from 'zod'

/** UUIDv7: ordered by time, so that keyset paging and indexes follow the order of creation. */
export const Id = z.uuidv7().meta({ example: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10' })
export type Id = z.infer<typeof Id>

const storable = /^[^\u0000\p{Cs}]*$/u
/** Text as Postgres can keep it: no NUL character, no half of a surrogate pair. */
export const Text = z.string().refine((text) => storable.test(text), 'NUL characters and halves of characters are not taken')

const visible = /[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufff9-\ufffb]/u
/**
 * What people call something: in one form (NFC) however it was typed, so that equal names are found as one, and with something to be seen. A filter by
 * such names takes `Text.normalize()`.
 */
export const Name = Text.normalize('NFC')
  .trim()
  .min(1)
  .refine((text) => text === '' || visible.test(text), 'there has to be something to see in it')

/** A time as we say it: RFC 3339 in UTC with milliseconds. What callers send is `AnyTime`. */
export const Time = z.iso
  .datetime({ precision: 3 })
  .refine((text) => !text.startsWith('0000'), 'years begin with 0001')
  .meta({ example: '2026-01-31T12:00:00.000Z' })
export type Time = z.infer<typeof Time>

/** What may be asked of any list. `after` is the sort key of the last item seen; the edge signs it into an opaque cursor. */
export const PageSize = z.int().min(1).max(100).meta({ example: 20 })

/** Nothing to say: the input of operations without parameters. */
export const Nothing = z.object({})
