import type { SearchQuery } from '@kilomega/contracts'

/** The words of a query: all except the last one, and the alternatives for the last one. */
export interface QueryWords {
  head: string
  /** Words of which any one has to match. */
  tail: string[]
}

/**
 * Builds the query twice: from its words alone, for rank and highlights, and with the filters as additional lexemes, for the index. Filters are hashed,
 * because a caller's text must never be read as syntax. The alternatives are reduced to a few stems, because each of them costs time. A query of only
 * stop words or exclusions ("T") finds nothing.
 */
export const queryWords = `
  WITH words AS MATERIALIZED (
    SELECT websearch_to_tsquery('search.words', $1)
      && array_to_string(ARRAY(SELECT quote_literal(lexeme) FROM unnest(to_tsvector('search.words', $2))), ' | ')::tsquery AS words
  ), query AS MATERIALIZED (
    SELECT words, words
      && coalesce(quote_literal('=c' || md5($3))::tsquery, '')
      && coalesce(quote_literal('=t' || md5($4))::tsquery, '')
      && coalesce(quote_literal('=a' || $5::uuid)::tsquery, '') AS matching
    FROM words WHERE querytree(words) NOT IN ('', 'T')
  )`

/** The parameters of `queryWords`, followed by the time range as $6 and $7. */
export const queryParameters = ({ head, tail }: QueryWords, { category, tag, author, from, to }: SearchQuery): unknown[] => [
  head,
  tail.join(' '),
  category ?? null,
  tag ?? null,
  author ?? null,
  from ?? '-infinity',
  to ?? 'infinity',
]
