import { migration } from '@kilomega/database'

const fuzzystrmatch = `CREATE EXTENSION IF NOT EXISTS fuzzystrmatch SCHEMA search`
const unaccent = `CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA search`

/** English stems of words without accents: "naive game" finds "naïve games". */
const words = `CREATE TEXT SEARCH CONFIGURATION search.words (COPY = english)`
const wordsWithoutAccents = `ALTER TEXT SEARCH CONFIGURATION search.words ALTER MAPPING FOR hword, hword_part, word WITH search.unaccent, english_stem`

/**
 * One row per post; a removal keeps its row without text. `opening` is the source of fragments and of counted words. Both vectors also contain category,
 * tags and author as lexemes ("=c…"), so that a filter is one more posting list of the same index instead of a check of every row.
 */
const document = `
  CREATE TABLE search.document (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    author_id uuid,
    title text NOT NULL DEFAULT '',
    opening text NOT NULL DEFAULT '',
    category text,
    tags text[] NOT NULL DEFAULT '{}',
    published_at timestamptz(3),
    removed_at timestamptz(3),
    vector tsvector,
    title_vector tsvector,
    CHECK (removed_at IS NOT NULL OR (author_id IS NOT NULL AND published_at IS NOT NULL AND vector IS NOT NULL))
  )`

/** Read for every candidate: stored inline in the row, while the opening is moved out first (2,000 vectors ranked in 3 ms). */
const vectorInRow = `ALTER TABLE search.document ALTER COLUMN vector SET STORAGE MAIN`

/** With a pending list: 6,300 documents per second, 2,200 without. It is kept short, because every search reads all of it. */
const vectorIndex = `CREATE INDEX document_vector ON search.document USING gin (vector) WITH (gin_pending_list_limit = 1024)`
const titleIndex = `CREATE INDEX document_title_vector ON search.document USING gin (title_vector) WITH (gin_pending_list_limit = 1024)`
const newest = `CREATE INDEX document_newest ON search.document (published_at, id) WHERE removed_at IS NULL`
const removed = `CREATE INDEX document_removed ON search.document (removed_at) WHERE removed_at IS NOT NULL`

/** The known words, and in how many documents each occurs. Ordered by bytes, so that a range is a prefix; with free space to update counts in place. */
const lexicon = `
  CREATE TABLE search.lexicon (
    word text COLLATE "C" PRIMARY KEY,
    documents integer NOT NULL
  ) WITH (fillfactor = 70)`

/** The changes to counts by a batch of documents, one row per batch: writers never wait for each other because of a common word. */
const lexiconChange = `
  CREATE TABLE search.lexicon_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    words text[] NOT NULL,
    documents integer[] NOT NULL
  )`

export const createSearchIndex = migration(
  '202611240100-create-search-index',
  ...[fuzzystrmatch, unaccent, words, wordsWithoutAccents],
  ...[document, vectorInRow, vectorIndex, titleIndex, newest, removed],
  ...[lexicon, lexiconChange],
)
