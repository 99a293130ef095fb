import type { SearchPage, SearchQuery } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'

/** A published post as the index keeps it. */
export interface IndexedDocument {
  id: string
  version: number
  authorId: string
  title: string
  body: string
  category: string | null
  tags: string[]
  publishedAt: string
}

export interface Removal {
  id: string
  version: number
}

/**
 * Where documents are found by their words. Writes may come in any order and more than once: the highest version of a document decides, and a
 * removal is remembered with its version, so that what was removed does not come back with a late event.
 */
export abstract class SearchIndex {
  /** Puts many documents, in the given transaction where the index is in that database. By corrected and completed words they are found after `settle`. */
  abstract put(documents: readonly IndexedDocument[], transaction?: Transaction): Promise<void>

  abstract remove(removals: readonly Removal[], transaction?: Transaction): Promise<void>

  /** Throws `SEARCH_LIMIT` on what would cost too much; finds nothing where a text holds no word to look for. */
  abstract find(query: SearchQuery): Promise<SearchPage>

  /** Brings into order what writers left for later. To be called every few seconds; nothing to do costs next to nothing. */
  abstract settle(): Promise<void>

  /** Forgets removals from before a time, which no event that is still under way may be older than: up to so many, the oldest first. How many it were. */
  abstract forgetRemovals(before: Date, limit: number): Promise<number>
}
