import type { JsonText } from '@kilomega/ports'

/** A page whose items Postgres serialised, as the text of its answer. The items are passed through unread, which is what makes lists cheap. */
export const pageText = (items: JsonText<unknown[]>, nextCursor: string | null): string =>
  `{"items":${items},"nextCursor":${JSON.stringify(nextCursor)}}`
