import type { JsonText } from '@kilomega/ports'

/** The JSON text of a page whose items Postgres serialised. The items are passed through without parsing, which makes lists cheap. */
export const pageText = (items: JsonText<unknown[]>, nextCursor: string | null): string =>
  `{"items":${items},"nextCursor":${JSON.stringify(nextCursor)}}`
