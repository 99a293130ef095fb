import type { SearchQuery } from '@kilomega/contracts'

/** What a statement is asked for: the words without the last one, the last one with what it may begin, and the filters. */
export interface AskedWords {
  head: string
  /** Words of which any will do. */
  tail: string[]
}

/**
 * The query twice: by its words alone, for rank and highlights, and with the filters as further lexemes, for the index. Hashes, because no text of
 * a caller may be read as syntax. The words of which any will do come down to a few stems, because each of them costs. A query of stop words or of
 * exclusions alone ("T") finds nothing.
 */
export const asked = `
  WITH words AS MATERIALIZED (
    SELECT websearch_to_tsquery('search.words', $1)
      && array_to_string(ARRAY(SELECT quote_literal(lexeme) FROM unnest(to_tsvector('search.words', $2))), ' | ')::tsquery AS words
  ), asked AS MATERIALIZED (
    SELECT words, words
      && coalesce(quote_literal('=c' || md5($3))::tsquery, '')
      && coalesce(quote_literal('=t' || md5($4))::tsquery, '')
      && coalesce(quote_literal('=a' || $5::uuid)::tsquery, '') AS matching
    FROM words WHERE querytree(words) NOT IN ('', 'T')
  )`

/** The parameters of `asked`, and the span of time that follows them as $6 and $7. */
export const askedValues = ({ head, tail }: AskedWords, { category, tag, author, from, to }: SearchQuery): unknown[] => [
  head,
  tail.join(' '),
  category ?? null,
  tag ?? null,
  author ?? null,
  from ?? '-infinity',
  to ?? 'infinity',
]
