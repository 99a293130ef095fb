import { migration } from '@kilomega/database'

/** An upload and what became of it. `upload_key` is its place in quarantine, by which a repeated upload is recognised. */
const media = `
  CREATE TABLE media.media (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    upload_key text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'ready', 'failed')),
    reason text CHECK ((reason IS NULL) = (status <> 'failed')),
    alt text,
    width integer,
    height integer,
    thumbhash text,
    renditions jsonb NOT NULL DEFAULT '[]',
    renderer_deaths integer NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
  )`

const unfinishedMedia = `CREATE INDEX unfinished_media ON media.media (queued_at) WHERE status = 'processing'`

/** Which media the published posts show, by the newest version heard of each. A removed post stays with no media, so that late news of it is known as old. */
const publishedPost = `
  CREATE TABLE media.published_post (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    author_id uuid NOT NULL,
    media_ids uuid[] NOT NULL
  )`

const publishedMedia = `CREATE INDEX published_media ON media.published_post USING gin (media_ids)`

export const createMedia = migration('202611240100-create-media', media, unfinishedMedia, publishedPost, publishedMedia)
