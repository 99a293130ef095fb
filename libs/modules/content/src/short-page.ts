import type { PostPage, PostSummary } from '@kilomega/contracts'
import { fitting, maxItemsBytes } from '@kilomega/ports'
import type { z } from 'zod'

/** A page that fits into one answer. A hundred posts with 64 long tags each are too much: such a page ends earlier, and the next one starts there. */
export function shortEnough(page: PostPage, ofDrafts: boolean): PostPage {
  const { items: text } = page
  if (text.length * 3 <= maxItemsBytes || Buffer.byteLength(text) <= maxItemsBytes) return page
  const all = JSON.parse(text) as z.output<typeof PostSummary>[]
  const items = fitting(all)
  if (items.length === all.length) return page
  const { id, createdAt, publishedAt } = items.at(-1)!
  return { items: JSON.stringify(items), next: { at: ofDrafts ? createdAt : publishedAt!, id } }
}
