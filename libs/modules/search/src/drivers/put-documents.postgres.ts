import type { Queryable } from '@kilomega/database'
import { shielded } from '../highlights.js'
import type { IndexedDocument, Removal } from './search-index.js'

/** The number of characters of a body kept for fragments and counted for corrections. The whole body can be found. */
const openingLength = 8_000

/** In order of id, so that two writers wait for each other instead of deadlocking. The words of the old row are subtracted from the lexicon. */
const put = `
  WITH given AS (
    SELECT *, to_tsvector('search.words', title) AS title_words,
      array_to_tsvector(array_remove(
        '=c' || md5(category) || ('=a' || "authorId"::text || ARRAY(SELECT '=t' || md5(tag) FROM unnest(tags) AS tag)), NULL)) AS filters
    FROM json_to_recordset($1::json) AS given (
      id uuid, version int, "authorId" uuid, title text, body text, opening text, category text, tags text[], "publishedAt" timestamptz)
    OFFSET 0
  )
  INSERT INTO search.document AS document (id, version, author_id, title, opening, category, tags, published_at, removed_at, title_vector, vector)
  SELECT id, version, "authorId", title, opening, category, tags, "publishedAt", NULL,
    setweight(title_words, 'A') || filters,
    setweight(title_words, 'A')
      || setweight(to_tsvector('search.words', concat_ws(' ', category, array_to_string(tags, ' '))), 'B')
      || setweight(to_tsvector('search.words', body), 'C')
      || filters
  FROM given ORDER BY id
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, author_id = excluded.author_id, title = excluded.title, opening = excluded.opening, category = excluded.category,
    tags = excluded.tags, published_at = excluded.published_at, removed_at = NULL, title_vector = excluded.title_vector, vector = excluded.vector
  WHERE document.version < excluded.version
  RETURNING new.id, old.title, old.opening, old.category, old.tags`

const remove = `
  INSERT INTO search.document AS document (id, version, removed_at)
  SELECT id, version, now() FROM unnest($1::uuid[], $2::int[]) AS given (id, version) ORDER BY id
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, removed_at = excluded.removed_at, author_id = NULL, title = '', opening = '', category = NULL, tags = '{}',
    published_at = NULL, title_vector = NULL, vector = NULL
  WHERE document.version < excluded.version
  RETURNING new.id, old.title, old.opening, old.category, old.tags`

/** The words of a document that the lexicon counts. Null if there was no document. */
export interface Words {
  title: string | null
  opening: string | null
  category: string | null
  tags: string[] | null
}

/** A document that a statement wrote: its id, and its previous words. */
export type Written = Words & { id: string }

export type StoredDocument = IndexedDocument & { opening: string }

/** A document in the form that the index takes. */
export function stored(document: IndexedDocument): StoredDocument {
  const body = shielded(document.body)
  return { ...document, title: shielded(document.title), body, opening: body.slice(0, openingLength).toWellFormed() }
}

export const putDocuments = (queryable: Queryable, documents: readonly StoredDocument[]): Promise<Written[]> =>
  queryable.query<Written>(put, [JSON.stringify(documents)])

export const removeDocuments = (queryable: Queryable, removals: readonly Removal[]): Promise<Written[]> =>
  queryable.query<Written>(remove, [removals.map(({ id }) => id), removals.map(({ version }) => version)])
