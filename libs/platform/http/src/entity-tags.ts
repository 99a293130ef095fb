/** Entity tags in `If-Match` and `If-None-Match`: any, or those that are listed, without their quotes. Weak ones count: a proxy that compresses makes them so. */
export type EntityTags = '*' | readonly string[]

const list = /^(?:[\t ]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*)?,)*[\t ]*(?:(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*)?$/

/** What is no list of tags (RFC 9110, section 13.1) names none. */
export function entityTagsIn(header: string): EntityTags {
  if (header.trim() === '*') return '*'
  return list.test(header) ? Array.from(header.matchAll(/"([^"]*)"/g), ([, tag]) => tag!) : []
}
