import type { SearchPage, SearchQuery } from '@kilomega/contracts'
import type { Database } from '@kilomega/database'
import { queryParameters, type QueryWords, queryWords } from './query-words.postgres.js'

/** Up to this many matches are counted exactly. Of more, one in eight is counted, by the last byte of its id, which is random: 13 ms instead of 25. */
const maxCounted = 10_000

const countFacets = [
  queryWords,
  `, candidate AS MATERIALIZED (
    SELECT category, tags, get_byte(uuid_send(id), 15) % 8 = 0 AS drawn FROM search.document
    WHERE vector @@ (SELECT matching FROM query) AND published_at >= $6::timestamptz AND published_at < $7::timestamptz
    LIMIT 10001
  ), sample AS MATERIALIZED (
    SELECT category, tags, CASE WHEN counted > 10000 THEN 8 ELSE 1 END AS stands_for
    FROM (SELECT count(*) AS counted FROM candidate) AS size JOIN candidate ON counted <= 10000 OR drawn
  ), category AS (
    SELECT category AS value, sum(stands_for)::int AS count FROM sample
    WHERE $8 AND category IS NOT NULL GROUP BY category ORDER BY count DESC, category LIMIT 20
  ), tag AS (
    SELECT tag AS value, sum(stands_for)::int AS count FROM sample, unnest(tags) AS tag
    WHERE $9 GROUP BY tag ORDER BY count DESC, tag LIMIT 20
  )
  SELECT (SELECT count(*) FROM candidate)::int AS counted,
    (SELECT coalesce(json_agg(category), '[]') FROM category) AS category,
    (SELECT coalesce(json_agg(tag), '[]') FROM tag) AS tag`,
].join('')

type Facets = NonNullable<SearchPage['facets']>
type Row = Required<Pick<Facets, 'category' | 'tag'>> & { counted: number }

/** The 20 most frequent values of each requested facet. */
export async function countedFacets(database: Database, words: QueryWords, query: SearchQuery): Promise<Facets> {
  const wanted = query.facets ?? []
  const values = [...queryParameters(words, query), wanted.includes('category'), wanted.includes('tag')]
  const [row] = await database.read((queryable) => queryable.query<Row>(countFacets, values))
  const { counted, category, tag } = row!
  return {
    ...(wanted.includes('category') && { category }),
    ...(wanted.includes('tag') && { tag }),
    approximate: counted > maxCounted,
  }
}
