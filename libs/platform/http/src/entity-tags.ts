/**
 * Entity tags in `If-Match` and `If-None-Match`: any, or a list of tags without their quotes. Weak ones count too: a proxy that compresses turns strong tags
 * into weak ones.
 */
export type EntityTags = '*' | readonly string[]

const list = /^(?:[\t ]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*)?,)*[\t ]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*)?$/

/** A header that is not a valid list of tags (RFC 9110, section 13.1) gives an empty list. */
export function entityTagsIn(header: string): EntityTags {
  if (header.trim() === '*') return '*'
  return list.test(header) ? Array.from(header.matchAll(/"([^"]*)"/g), ([, tag]) => tag!) : []
}
