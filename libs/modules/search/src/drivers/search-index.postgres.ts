import type { SearchPage, SearchQuery } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { fitting } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { Any, LessThan } from 'typeorm'
import { type SearchText, parseSearchText, replaceWords } from '../search-text.js'
import { Document } from '../tables/document.entity.js'
import type { QueryWords } from './query-words.postgres.js'
import { countedFacets } from './count-facets.postgres.js'
import { findDocuments, maxRanked } from './find-documents.postgres.js'
import { PostgresLexicon } from './lexicon.postgres.js'
import { putDocuments, removeDocuments, stored, type StoredDocument, type Written } from './put-documents.postgres.js'
import { type IndexedDocument, type Removal, SearchIndex } from './search-index.js'

/** Every search reads the whole pending list, so what an import leaves there is moved into the index. */
const cleanPending = `SELECT gin_clean_pending_list('search.document_vector') + gin_clean_pending_list('search.document_title_vector') AS pages`

/** Documents in one statement: 50 ms, half of what the log calls slow. */
const perStatement = 250

/** Full-text search in Postgres: a weighted tsvector under a GIN index, a lexicon for completions and corrections. */
@Injectable()
export class PostgresSearchIndex extends SearchIndex {
  constructor(
    private readonly database: Database,
    private readonly lexicon: PostgresLexicon,
  ) {
    super()
  }

  put(documents: readonly IndexedDocument[], transaction?: Transaction): Promise<void> {
    const given = highestVersions(documents).map(stored)
    return this.within(transaction, async (queryable) => {
      const written: Written[] = []
      for (let start = 0; start < given.length; start += perStatement) {
        written.push(...(await putDocuments(queryable, given.slice(start, start + perStatement))))
      }
      await this.note(queryable, given, written)
    })
  }

  remove(removals: readonly Removal[], transaction?: Transaction): Promise<void> {
    return this.within(transaction, async (queryable) => this.note(queryable, [], await removeDocuments(queryable, highestVersions(removals))))
  }

  async find(query: SearchQuery): Promise<SearchPage> {
    const text = parseSearchText(query.text)
    const page = await this.page(await this.completed(text), query)
    return page.total.value > 0 ? page : ((await this.corrected(text, query)) ?? page)
  }

  async settle(): Promise<void> {
    await this.lexicon.settle()
    await this.database.read((queryable) => queryable.query(cleanPending))
  }

  async forgetRemovals(before: Date, limit: number): Promise<number> {
    const oldest = { select: { id: true }, where: { removedAt: LessThan(before.toISOString()) }, order: { removedAt: 'ASC' }, take: limit } as const
    return this.database.write(async ({ manager }) => {
      const removals = await manager.find(Document, { ...oldest, lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' } })
      await manager.delete(Document, { id: Any(removals.map(({ id }) => id)) })
      return removals.length
    })
  }

  private async within(transaction: Transaction | undefined, work: (transaction: Transaction) => Promise<void>): Promise<void> {
    await (transaction === undefined ? this.database.write(work) : work(transaction))
  }

  private note(transaction: Transaction, given: readonly StoredDocument[], written: readonly Written[]): Promise<void> {
    const ids = new Set(written.map(({ id }) => id))
    return this.lexicon.note(
      transaction,
      given.filter(({ id }) => ids.has(id)),
      written,
    )
  }

  private async completed({ text, last }: SearchText): Promise<QueryWords> {
    if (last === undefined) return { head: text, tail: [] }
    return { head: text.slice(0, last.start), tail: [last.word, ...(await this.lexicon.completions(last.word))] }
  }

  /** The same search with its misspelled words corrected, if that finds something. */
  private async corrected(text: SearchText, query: SearchQuery): Promise<SearchPage | undefined> {
    const corrections = await this.lexicon.corrections(text.words.map(({ word }) => word))
    if (corrections.size === 0) return undefined
    const correctedText = replaceWords(text, corrections)
    const page = await this.page({ head: correctedText, tail: [] }, query)
    return page.total.value > 0 ? { ...page, correctedText } : undefined
  }

  /** Reads hits and facets in parallel, on two connections: for a common word each takes about 15 ms. */
  private async page(words: QueryWords, query: SearchQuery): Promise<SearchPage> {
    const counting = query.facets?.length ? countedFacets(this.database, words, query) : undefined
    const [{ hits, total }, facets] = await Promise.all([findDocuments(this.database, words, query, query.limit + 1), counting])
    const items = fitting(hits.slice(0, query.limit))
    const last = hits.length > items.length ? items.at(-1) : undefined
    return {
      items,
      ...(facets && { facets }),
      total: { value: total, relation: total < maxRanked ? 'exact' : 'at-least' },
      next: last === undefined ? null : { score: last.score, at: last.publishedAt, id: last.id },
    }
  }
}

/** One statement cannot write a row twice. In order of id, across statements too, so that two writers never deadlock. */
function highestVersions<T extends Removal>(changes: readonly T[]): T[] {
  const highest = new Map<string, T>()
  for (const change of changes) if (change.version > (highest.get(change.id)?.version ?? 0)) highest.set(change.id, change)
  return [...highest.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
}
