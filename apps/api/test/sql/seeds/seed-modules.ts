/** Rows that make the planner choose indexes. At most 30,000 in a table: ANALYZE then reads all of it, so that plans are the same in every run. */
const identity = [
  `INSERT INTO identity.account (email, name, password_hash, role, created_at)
   SELECT 'seed' || n || '@example.org', 'Name ' || n, 'hash', CASE WHEN n % 5000 = 0 THEN 'admin' ELSE 'user' END, now() - n * interval '1 minute'
   FROM generate_series(1, 20000) AS n`,
  `INSERT INTO identity.registration (email, name, password_hash, expires_at)
   SELECT 'new' || n || '@example.org', 'Name', 'hash', now() + (n - 200) * interval '1 minute' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO identity.password_reset (account_id, expires_at)
   SELECT id, now() + (row_number() OVER (ORDER BY id) - 200) * interval '1 minute' FROM identity.account`,
  `INSERT INTO identity.session (id, account_id, refresh_hash, expires_at)
   SELECT 'session ' || row_number() OVER (ORDER BY id), id, '\\x00', now() + (row_number() OVER (ORDER BY id) - 200) * interval '1 minute' FROM identity.account`,
  `INSERT INTO identity.ended_session (id, expires_at) SELECT 'ended ' || n, now() + (n - 200) * interval '1 minute' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO identity.attempt (key, made_at, expires_at)
   SELECT sha256(n::text::bytea), ARRAY[now()], now() + (n - 200) * interval '1 minute' FROM generate_series(1, 20000) AS n`,
]

const content = [
  `INSERT INTO content.post (author_id, import_key, title, body, category, tags, created_at, published_at, removed_at)
   SELECT ('00000000-0000-7000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, CASE WHEN n % 2 = 0 THEN 'key ' || n END, 'Title ' || n, repeat('body ', 20),
     'category ' || n % 20, ARRAY['tag ' || n % 100, 'tag ' || n % 7], now() - n * interval '1 minute',
     CASE WHEN n % 20 < 16 THEN now() - n * interval '1 minute' END, CASE WHEN n % 20 = 19 THEN now() END
   FROM generate_series(1, 20000) AS n`,
  `INSERT INTO content.post_tag (tag, published_at, id) SELECT DISTINCT tag, published_at, id FROM content.post, unnest(tags) AS tag WHERE published_at IS NOT NULL
   ORDER BY id, tag LIMIT 25000`,
]

const media = [
  `INSERT INTO media.media (id, owner_id, upload_key, status, renditions, queued_at, created_at)
   SELECT uuidv7(), ('00000000-0000-7000-8000-' || lpad((n % 5000)::text, 12, '0'))::uuid, 'quarantine/' || n, CASE WHEN n % 100 = 0 THEN 'processing' ELSE 'ready' END,
     '[]', now() - n * interval '1 minute', now() - n * interval '1 minute'
   FROM generate_series(1, 20000) AS n`,
  `INSERT INTO media.published_post (id, version, author_id, media_ids) SELECT uuidv7(), 1, owner_id, ARRAY[id] FROM media.media ORDER BY id`,
]

const notifications = [
  `INSERT INTO notifications.mail (event_id, template, account_id, created_at)
   SELECT uuidv7(), 'welcome', ('00000000-0000-7000-8000-' || lpad((n % 5000)::text, 12, '0'))::uuid, now() - n * interval '1 minute' FROM generate_series(1, 20000) AS n`,
  `INSERT INTO notifications.mail_attempt (mail_id, attempt, outcome) SELECT id, 1, 'sent' FROM notifications.mail ORDER BY id`,
  `INSERT INTO notifications.mail_sent (mail_id) SELECT id FROM notifications.mail ORDER BY id LIMIT 18000`,
  `INSERT INTO notifications.mail_failed (mail_id, code, permanent) SELECT id, 'CODE', true FROM notifications.mail ORDER BY id DESC LIMIT 1000`,
  `INSERT INTO notifications.mail_parked (mail_id) SELECT id FROM notifications.mail ORDER BY id DESC LIMIT 100`,
  `INSERT INTO notifications.notification (account_id, type, created_at, read_at)
   SELECT ('00000000-0000-7000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, 'welcome', now(), CASE WHEN n % 10 > 0 THEN now() END FROM generate_series(1, 20000) AS n`,
  `INSERT INTO notifications.preference (account_id, channels) SELECT uuidv7(), '{}' FROM generate_series(1, 20000)`,
  `INSERT INTO notifications.captured_mail (id, recipient, sender, subject, text, html, sent_at)
   SELECT uuidv7(), 'seed' || n || '@example.org', 'kilomega@example.org', 'Subject', 'text', 'html', now() - n * interval '1 minute' FROM generate_series(1, 20000) AS n`,
]

/** The same number of events in every month that is open. */
const analytics = [
  `INSERT INTO analytics.event (id, occurred_at, name, visitor)
   SELECT uuidv7(), to_date(right(child.relname, 7), 'YYYY_MM') + n * interval '10 minutes', 'page.viewed-' || n % 50, 'visitor ' || n % 1000
   FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid, generate_series(1, 4000) AS n
   WHERE inhparent = 'analytics.event'::regclass ORDER BY child.relname, n`,
  `INSERT INTO analytics.changed_day (day) SELECT current_date - n FROM generate_series(1, 100) AS n`,
  `INSERT INTO analytics.daily_stat (day, name, count, users)
   SELECT current_date - days, 'page.viewed-' || n, n, n FROM generate_series(1, 400) AS days, generate_series(1, 50) AS n`,
]

const search = [
  `INSERT INTO search.document (id, version, author_id, title, opening, category, tags, published_at, vector, title_vector)
   SELECT uuidv7(), 1, ('00000000-0000-7000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, 'Title word' || n % 1000, 'opening', 'category ' || n % 20, ARRAY['tag ' || n % 100],
     now() - n * interval '1 minute',
     to_tsvector('search.words', 'word' || n % 1000 || ' other' || n % 300 || ' common') || to_tsvector('simple', '=ccategory' || n % 20),
     to_tsvector('search.words', 'word' || n % 1000)
   FROM generate_series(1, 19000) AS n`,
  `INSERT INTO search.document (id, version, removed_at) SELECT uuidv7(), 1, now() - n * interval '1 hour' FROM generate_series(1, 1000) AS n`,
  `INSERT INTO search.lexicon (word, documents) SELECT 'word' || n, n FROM generate_series(1, 20000) AS n`,
  `INSERT INTO search.lexicon_change (words, documents) SELECT ARRAY['word' || n], ARRAY[1] FROM generate_series(1, 50) AS n`,
]

/** The statements that fill the tables of the modules, in order. */
export const moduleSeeds: readonly string[] = [...identity, ...content, ...media, ...notifications, ...analytics, ...search]
