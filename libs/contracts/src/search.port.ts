import { errors, port, query } from '@kilomega/ports'
import { z } from 'zod'
import { AnyTime } from './any-time.js'
import { Id, PageSize, Text, Time } from './values.js'

export const SearchText = Text.trim().min(1).max(200).meta({ example: 'real time stratgy' })
export const Facet = z.enum(['category', 'tag'])

/** Sort key of the last hit seen. */
export const HitKey = z.object({ score: z.number(), at: Time, id: Id })

export const SearchQuery = z.object({
  text: SearchText,
  category: Text.normalize('NFC').max(64).optional(),
  tag: Text.normalize('NFC').max(64).optional(),
  author: Id.optional(),
  from: AnyTime.optional(),
  to: AnyTime.optional(),
  sort: z.enum(['relevance', 'newest']).optional(),
  facets: z.array(Facet).max(2).optional(),
  limit: PageSize,
  after: HitKey.optional(),
})
export type SearchQuery = z.infer<typeof SearchQuery>

export const SearchHit = z
  .object({
    id: Id,
    title: z.string(),
    excerpt: z.string(),
    /** Fragments of plain text, HTML-escaped, in which the words found are marked with `<mark>`. */
    highlights: z.array(z.string()).max(3),
    score: z.number(),
    category: z.string().nullable(),
    tags: z.array(z.string()).max(64),
    authorId: Id,
    publishedAt: Time,
  })
  .meta({ title: 'SearchHit' })

const FacetCounts = z.array(z.object({ value: z.string(), count: z.int() }).meta({ title: 'FacetCount' })).max(20)

export type SearchHit = z.infer<typeof SearchHit>

export const SearchPage = z.object({
  items: z.array(SearchHit).max(100),
  /** Present if facets were requested. Counted over the candidates; `approximate` if their number was capped. */
  facets: z.object({ category: FacetCounts.optional(), tag: FacetCounts.optional(), approximate: z.boolean() }).optional(),
  total: z.object({ value: z.int(), relation: z.enum(['exact', 'at-least']) }),
  /** The text that was searched for instead, if the text as typed found nothing. */
  correctedText: z.string().optional(),
  next: HitKey.nullable(),
})
export type SearchPage = z.infer<typeof SearchPage>

/** Full-text search over published content. Answers from the index, which may lag behind a write by seconds. */
export abstract class SearchPort extends port('search', {
  find: query({
    summary: 'Finds published posts by words, with typing errors corrected, filtered, and counted by facet. May lag behind a write by seconds',
    access: 'anyone',
    input: SearchQuery,
    output: SearchPage,
    freshness: 'any',
    timeoutMs: 1_000,
  }),
}) {}

export const searchErrors = errors({
  SEARCH_LIMIT: ['invalid', 'The search asks for more than the limits allow'],
})
