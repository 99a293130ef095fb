import { migration } from '@kilomega/database'

/**
 * A draft has no `published_at`. A removed post keeps its row without its text, so that an import does not bring it back. Times are truncated to the
 * precision of a cursor.
 */
const post = `
  CREATE TABLE content.post (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    author_id uuid NOT NULL,
    import_key text,
    title text NOT NULL,
    body text NOT NULL,
    category text,
    tags text[] NOT NULL DEFAULT '{}',
    media_ids uuid[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    published_at timestamptz(3),
    removed_at timestamptz(3),
    CHECK (removed_at IS NULL OR published_at IS NULL)
  )`

const importKey = `CREATE UNIQUE INDEX post_import_key ON content.post (author_id, import_key) WHERE import_key IS NOT NULL`
const newest = `CREATE INDEX post_newest ON content.post (published_at, id) WHERE published_at IS NOT NULL`
const byAuthor = `CREATE INDEX post_by_author ON content.post (author_id, published_at, id) WHERE published_at IS NOT NULL`
const byCategory = `CREATE INDEX post_by_category ON content.post (category, published_at, id) WHERE published_at IS NOT NULL`
const drafts = `CREATE INDEX post_drafts ON content.post (author_id, created_at, id) WHERE published_at IS NULL AND removed_at IS NULL`

/**
 * The tags of published posts. A GIN index on `tags` finds them too, but not in order of time: the 30,000 posts of a tag would be sorted for every
 * page.
 */
const postTag = `
  CREATE TABLE content.post_tag (
    tag text NOT NULL,
    published_at timestamptz(3) NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (tag, published_at, id)
  )`

/** Formats times in JSON built by Postgres. STABLE, as `to_char` is, so that the planner can inline it. */
const rfc3339 = `
  CREATE FUNCTION content.rfc3339(at timestamptz) RETURNS text STABLE LANGUAGE sql AS
  $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$`

export const createPosts = migration('202611240100-create-posts', post, importKey, newest, byAuthor, byCategory, drafts, postTag, rfc3339)
