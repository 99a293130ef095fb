import type { SearchHit, SearchPage, SearchQuery } from '@kilomega/contracts'
import { fitting } from '@kilomega/ports'
import { editVariants } from '../edit-variants.js'
import { highlights, marks, shielded } from '../highlights.js'
import { hitOrder } from '../hit-order.js'
import { type SearchText, parseSearchText, replaceWords } from '../search-text.js'
import { folded, wordsOf } from '../words-of.js'
import { type IndexedDocument, type Removal, SearchIndex } from './search-index.js'
import { matchScore } from './match.memory.js'

/** The reference: no index, no stems, every document is read for every query. For tests and as documentation. */
export class MemorySearchIndex extends SearchIndex {
  private readonly documents = new Map<string, IndexedDocument>()
  private readonly removals = new Map<string, { version: number; at: Date }>()

  async put(documents: readonly IndexedDocument[]): Promise<void> {
    for (const document of documents) {
      if (document.version <= this.versionOf(document.id)) continue
      this.removals.delete(document.id)
      this.documents.set(document.id, document)
    }
  }

  async remove(removals: readonly Removal[]): Promise<void> {
    for (const { id, version } of removals) {
      if (version <= this.versionOf(id)) continue
      this.documents.delete(id)
      this.removals.set(id, { version, at: new Date() })
    }
  }

  async find(query: SearchQuery): Promise<SearchPage> {
    const searchText = parseSearchText(query.text)
    const page = this.page(this.completed(searchText), query)
    return page.total.value > 0 ? page : (this.corrected(searchText, query) ?? page)
  }

  async settle(): Promise<void> {}

  async forgetRemovals(before: Date, limit: number): Promise<number> {
    const old = [...this.removals].filter(([, { at }]) => at < before).slice(0, limit)
    for (const [id] of old) this.removals.delete(id)
    return old.length
  }

  private versionOf(id: string): number {
    return this.documents.get(id)?.version ?? this.removals.get(id)?.version ?? 0
  }

  private lexicon(): Set<string> {
    return new Set(
      [...this.documents.values()].flatMap(({ title, body, category, tags }) => [...wordsOf([title, body, category, ...tags].join(' '))]),
    )
  }

  private completed({ text, last }: SearchText): string[] {
    if (last === undefined) return [text]
    const completions = [...this.lexicon()].filter((word) => word.startsWith(last.word))
    return [text, ...completions.map((word) => text.slice(0, last.start) + word)]
  }

  private corrected(searchText: SearchText, query: SearchQuery): SearchPage | undefined {
    const lexicon = this.lexicon()
    const unknown = searchText.words.filter(({ word }) => !lexicon.has(word))
    const corrections = new Map(
      unknown.flatMap(({ word }) =>
        editVariants(word)
          .filter((variant) => lexicon.has(variant))
          .slice(0, 1)
          .map((variant) => [word, variant]),
      ),
    )
    const correctedText = replaceWords(searchText, corrections)
    const page = corrections.size > 0 ? this.page([correctedText], query) : undefined
    return page && page.total.value > 0 ? { ...page, correctedText } : undefined
  }

  private page(texts: readonly string[], query: SearchQuery): SearchPage {
    const found = [...this.documents.values()].filter((document) => passes(document, query)).flatMap((document) => hitOf(document, texts))
    const rest = found.sort(hitOrder(query)).filter((hit) => query.after === undefined || follows(hit, query))
    const items = fitting(rest.slice(0, query.limit))
    const last = rest.length > items.length ? items.at(-1) : undefined
    return {
      items,
      ...(query.facets?.length && { facets: { ...facets(found, query.facets), approximate: false } }),
      total: { value: found.length, relation: 'exact' },
      next: last === undefined ? null : { score: last.score, at: last.publishedAt, id: last.id },
    }
  }
}

function follows(hit: SearchHit, query: SearchQuery): boolean {
  const { score, at, id } = query.after!
  return hitOrder(query)({ score, publishedAt: at, id }, hit) < 0
}

function passes(document: IndexedDocument, { category, tag, author, from, to }: SearchQuery): boolean {
  if (category !== undefined && document.category !== category) return false
  if (tag !== undefined && !document.tags.includes(tag)) return false
  if (author !== undefined && document.authorId !== author) return false
  return (from === undefined || document.publishedAt >= from) && (to === undefined || document.publishedAt < to)
}

function hitOf(document: IndexedDocument, texts: readonly string[]): SearchHit[] {
  const score = Math.max(...texts.map((text) => matchScore(document, text)))
  if (score <= 0) return []
  const { id, title, body, category, tags, authorId, publishedAt } = document
  const words = new Set(texts.flatMap((text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? []))
  const marked = (text: string) =>
    shielded(text).replace(/[\p{L}\p{N}]+/gu, (word) => (words.has(folded(word)) ? marks.start + word + marks.stop : word))
  return [
    { id, title, excerpt: body.slice(0, 280), highlights: highlights(marked(title), marked(body)), score, category, tags, authorId, publishedAt },
  ]
}

function facets(hits: readonly SearchHit[], wanted: readonly ('category' | 'tag')[]) {
  const values = { category: hits.flatMap(({ category }) => category ?? []), tag: hits.flatMap(({ tags }) => tags) }
  return Object.fromEntries(wanted.map((facet) => [facet, counted(values[facet])]))
}

function counted(values: readonly string[]) {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const sorted = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
  return sorted.slice(0, 20)
}
