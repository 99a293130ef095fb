import type { PostPage } from '@kilomega/contracts'
import { fitting, maxItemsBytes } from '@kilomega/ports'
import type { z } from 'zod'

type Page = z.output<typeof PostPage>

/** A page that one answer carries. Posts with 64 long tags are too much for one of a hundred: such a page ends earlier, and the next one begins there. */
export function shortEnough(json: string, ofDrafts: boolean): string {
  if (json.length * 3 <= maxItemsBytes || Buffer.byteLength(json) <= maxItemsBytes) return json
  const page = JSON.parse(json) as Page
  const items = fitting(page.items)
  const { id, createdAt, publishedAt } = items.at(-1)!
  const next = items.length < page.items.length ? { at: ofDrafts ? createdAt : publishedAt!, id } : page.next
  return JSON.stringify({ items, next } satisfies Page)
}
