import type { SearchPage, SearchQuery } from '@kilomega/contracts'
import type { Transaction } from '@kilomega/database'

/** A published post as the index stores it. */
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
 * Finds documents by their words. Writes may come in any order and more than once: the highest version of a document wins, and a removal is kept with
 * its version, so that a late event does not bring back what was removed.
 */
export abstract class SearchIndex {
  /** Puts many documents, in the given transaction if the index is in that database. Corrections and completions know them only after `settle`. */
  abstract put(documents: readonly IndexedDocument[], transaction?: Transaction): Promise<void>

  abstract remove(removals: readonly Removal[], transaction?: Transaction): Promise<void>

  /** Throws `SEARCH_LIMIT` for a query that would cost too much; finds nothing if a text contains no word to look for. */
  abstract find(query: SearchQuery): Promise<SearchPage>

  /** Does the work that writers left for later. To be called every few seconds; almost free if there is none. */
  abstract settle(): Promise<void>

  /** Deletes removals from before a time, at most `limit`, the oldest first. No event that is still in transit may be older than that time. Returns their number. */
  abstract forgetRemovals(before: Date, limit: number): Promise<number>
}
