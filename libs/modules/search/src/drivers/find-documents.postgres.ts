import type { SearchHit, SearchQuery } from '@kilomega/contracts'
import type { Database } from '@kilomega/database'
import { highlights, marks, unshielded } from '../highlights.js'
import { hitOrder } from '../hit-order.js'
import { queryParameters, type QueryWords, queryWords } from './query-words.postgres.js'

/** The number of ranked matches. A common word has more: then those with the word in the title are ranked as well. Ranking 2,000 takes 3 ms, 30,000 take 33 ms. */
export const maxRanked = 2_000

/** Matches in the order of the index, with their score: title 1, tags and category 0.4, body 0.15; reduced by the length of the document. */
const matching = `, matching AS MATERIALIZED (
    SELECT id, published_at AS at, ts_rank('{0.05, 0.15, 0.4, 1}', vector, (SELECT words FROM query), 1)::float8 AS score
    FROM search.document
    WHERE vector @@ (SELECT matching FROM query) AND published_at >= $6::timestamptz AND published_at < $7::timestamptz
    LIMIT 2000
  )`

const byRelevance = `, titled AS MATERIALIZED (
    SELECT id, published_at AS at, ts_rank('{0.05, 0.15, 0.4, 1}', vector, (SELECT words FROM query), 1)::float8 AS score
    FROM search.document
    WHERE (SELECT count(*) FROM matching) = 2000 AND title_vector @@ (SELECT matching FROM query)
      AND published_at >= $6::timestamptz AND published_at < $7::timestamptz
    LIMIT 2000
  ), page AS MATERIALIZED (
    SELECT * FROM (SELECT * FROM matching UNION SELECT * FROM titled) AS candidate
    WHERE (score, at, id) < ($13::float8, $8::timestamptz, $9::uuid)
    ORDER BY score DESC, at DESC, id DESC
    LIMIT $10::int
  )`

/** Few matches are sorted. Of many, the newest are found quickly by scanning the index of times, to which `IS TRUE` binds the planner. */
const byTime = `, newest AS MATERIALIZED (
    SELECT id, published_at AS at, ts_rank('{0.05, 0.15, 0.4, 1}', vector, (SELECT words FROM query), 1)::float8 AS score
    FROM search.document
    WHERE (SELECT count(*) FROM matching) = 2000 AND (vector @@ (SELECT matching FROM query)) IS TRUE AND removed_at IS NULL
      AND published_at >= $6::timestamptz AND published_at < $7::timestamptz AND (published_at, id) < ($8::timestamptz, $9::uuid)
    ORDER BY published_at DESC, id DESC
    LIMIT $10::int
  ), page AS MATERIALIZED (
    SELECT * FROM (
      SELECT * FROM newest
      UNION ALL
      SELECT * FROM matching WHERE (SELECT count(*) FROM matching) < 2000 AND (at, id) < ($8::timestamptz, $9::uuid)
    ) AS candidate
    ORDER BY at DESC, id DESC
    LIMIT $10::int
  )`

/** The page with its text: only its rows are read and cut into fragments. */
const asHits = `
  SELECT (SELECT count(*) FROM matching)::int AS total, (
    SELECT json_agg(json_build_object(
      'id', id, 'title', title, 'excerpt', left(opening, 280), 'score', score, 'category', category, 'tags', tags, 'authorId', author_id,
      'publishedAt', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'markedTitle', ts_headline('search.words', title, (SELECT words FROM query), $11),
      'markedOpening', ts_headline('search.words', opening, (SELECT words FROM query), $12)))
    FROM page JOIN search.document USING (id)) AS hits`

const statements = {
  relevance: [queryWords, matching, byRelevance, asHits].join(''),
  newest: [queryWords, matching, byTime, asHits].join(''),
}

const tags = ['StartSel=' + marks.start, 'StopSel=' + marks.stop].join(', ')
const wholeTitle = tags + ', HighlightAll=true'
const fragments = tags + ', MaxFragments=2, MinWords=8, MaxWords=25, FragmentDelimiter=' + marks.between

/** Before all documents: where a search without a cursor starts. */
const beginning = { score: 'infinity', at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }

type Row = Omit<SearchHit, 'highlights'> & { markedTitle: string; markedOpening: string }

export interface Found {
  hits: SearchHit[]
  /** At most `maxRanked`. */
  total: number
}

/** The first `count` hits after the query's cursor, best or newest first. */
export async function findDocuments(database: Database, words: QueryWords, query: SearchQuery, count: number): Promise<Found> {
  const { sort = 'relevance', after = beginning } = query
  const values = [...queryParameters(words, query), after.at, after.id, count, wholeTitle, fragments, ...(sort === 'relevance' ? [after.score] : [])]
  const [row] = await database.read((queryable) => queryable.query<{ total: number; hits: Row[] | null }>(statements[sort], values))
  return { total: row!.total, hits: (row!.hits ?? []).map(hitOf).sort(hitOrder(query)) }
}

const hitOf = ({ markedTitle, markedOpening, ...row }: Row): SearchHit => ({
  ...row,
  title: unshielded(row.title),
  excerpt: unshielded(row.excerpt),
  highlights: highlights(markedTitle, markedOpening),
})
