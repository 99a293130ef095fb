/** The end of a page that Postgres serialised: the sort key of its last item, or null. */
const tail = /,\s*"next"\s*:\s*(null|\{[^{}]*\})\s*\}$/
/** No sort key is longer. */
const tailLength = 512

/**
 * Replaces `next` at the end of a ready-made page by a signed `nextCursor`. Its items are passed through unread, which is what makes lists cheap; so
 * the page has to end with `next`.
 */
export function withNextCursor(page: string, sign: (key: unknown) => string): string {
  const start = Math.max(0, page.length - tailLength)
  const end = tail.exec(page.slice(start))
  if (end === null) throw new Error('a ready-made page ends with its field "next"')
  const key: unknown = JSON.parse(end[1]!)
  return `${page.slice(0, start + end.index)},"nextCursor":${key === null ? 'null' : `"${sign(key)}"`}}`
}
