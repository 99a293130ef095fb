import { migration } from '@kilomega/database'

/** An upload and its outcome. `upload_key` is its place in quarantine, by which a repeated upload is recognised. */
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

/** The media that published posts show, by the newest version received for each. A removed post stays without media, so that late events about it are recognised as old. */
const publishedPost = `
  CREATE TABLE media.published_post (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    author_id uuid NOT NULL,
    media_ids uuid[] NOT NULL
  )`

const publishedMedia = `CREATE INDEX published_media ON media.published_post USING gin (media_ids)`

export const createMedia = migration('202611240100-create-media', media, unfinishedMedia, publishedPost, publishedMedia)
