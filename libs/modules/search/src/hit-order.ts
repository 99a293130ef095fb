import type { SearchHit, SearchQuery } from '@kilomega/contracts'

type Placed = Pick<SearchHit, 'score' | 'publishedAt' | 'id'>

const descending = <T>(one: T, other: T): number => (one === other ? 0 : one < other ? 1 : -1)

const newest = (one: Placed, other: Placed): number => descending(one.publishedAt, other.publishedAt) || descending(one.id, other.id)

const relevance = (one: Placed, other: Placed): number => descending(one.score, other.score) || newest(one, other)

/** The order of hits, best or newest first. No two are equal, so a page can start after any of them. */
export const hitOrder = ({ sort = 'relevance' }: SearchQuery): ((one: Placed, other: Placed) => number) => ({ newest, relevance })[sort]
