import { Migrating } from '../../test/migrating.js'
import { lockModes } from './lock-mode.js'
import { statementUse } from './statement-use.js'

/** Enough that a table is copied or read only if it has to be, and few enough that it takes a moment. */
const tables = `
  CREATE SCHEMA notes;
  CREATE TABLE notes.owner (id int PRIMARY KEY);
  CREATE TABLE notes.note (id int PRIMARY KEY, title text NOT NULL, slug text, owner_id int, at timestamptz, place varchar(10));
  INSERT INTO notes.owner VALUES (1);
  INSERT INTO notes.note SELECT n, 'Note ' || n, 'note', 1, now(), 'here' FROM generate_series(1, 100) n;
  CREATE INDEX note_title ON notes.note (title);
  CREATE UNIQUE INDEX note_id ON notes.note (id);
  ALTER TABLE notes.note ADD CONSTRAINT unproved CHECK (place <> '') NOT VALID;
  CREATE TABLE notes.days (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE notes.day (id int NOT NULL, at date NOT NULL);
  INSERT INTO notes.day VALUES (1, '2026-01-01');
  CREATE FUNCTION notes.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`

const statements = [
  'ALTER TABLE notes.note ADD COLUMN a text',
  'ALTER TABLE notes.note ADD COLUMN a int NOT NULL DEFAULT 0, ADD COLUMN b text',
  `ALTER TABLE notes.note ADD COLUMN a timestamptz DEFAULT now()`,
  `ALTER TABLE notes.note ADD COLUMN a text DEFAULT 'f(x), y'`,
  `ALTER TABLE notes.note ADD COLUMN a numeric(10,2) CHECK (a > 0)`,
  'ALTER TABLE notes.note ADD COLUMN a uuid DEFAULT gen_random_uuid()',
  'ALTER TABLE notes.note ADD COLUMN a text GENERATED ALWAYS AS (lower(title)) STORED',
  'ALTER TABLE notes.note ADD COLUMN a int GENERATED ALWAYS AS IDENTITY',
  'ALTER TABLE notes.note ADD COLUMN a text UNIQUE',
  'ALTER TABLE notes.note ADD COLUMN a int REFERENCES notes.owner',
  'ALTER TABLE notes.note ALTER COLUMN id TYPE bigint',
  'ALTER TABLE notes.note ALTER COLUMN slug SET NOT NULL',
  'ALTER TABLE notes.note ALTER COLUMN title DROP NOT NULL',
  `ALTER TABLE notes.note ALTER COLUMN slug SET DEFAULT ''`,
  'ALTER TABLE notes.note ALTER COLUMN title SET STATISTICS 500',
  'ALTER TABLE notes.note SET (autovacuum_vacuum_scale_factor = 0.05)',
  'ALTER TABLE notes.note SET UNLOGGED',
  'ALTER TABLE notes.note DROP COLUMN slug',
  'ALTER TABLE notes.note RENAME COLUMN slug TO path',
  'ALTER TABLE notes.note RENAME TO entry',
  `ALTER TABLE notes.note ADD CONSTRAINT c CHECK (title <> '')`,
  `ALTER TABLE notes.note ADD CONSTRAINT c CHECK (title <> '') NOT VALID`,
  'ALTER TABLE notes.note ADD CONSTRAINT c NOT NULL slug NOT VALID',
  'ALTER TABLE notes.note VALIDATE CONSTRAINT unproved',
  'ALTER TABLE notes.note DROP CONSTRAINT unproved',
  'ALTER TABLE notes.note ADD CONSTRAINT c FOREIGN KEY (owner_id) REFERENCES notes.owner (id)',
  'ALTER TABLE notes.note ADD CONSTRAINT c FOREIGN KEY (owner_id) REFERENCES notes.owner (id) NOT VALID',
  'ALTER TABLE notes.note ADD CONSTRAINT c UNIQUE (id)',
  'ALTER TABLE notes.note ADD CONSTRAINT note_id UNIQUE USING INDEX note_id',
  'ALTER TABLE notes.note DISABLE TRIGGER USER',
  "ALTER TABLE notes.days ATTACH PARTITION notes.day FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
  'CREATE INDEX a ON notes.note (slug)',
  'CREATE UNIQUE INDEX a ON notes.note USING btree (id) WHERE id > 0',
  'DROP INDEX notes.note_title',
  'DROP TABLE notes.note',
  'TRUNCATE notes.note',
  'REINDEX TABLE notes.note',
  'CREATE TRIGGER t BEFORE UPDATE ON notes.note FOR EACH ROW EXECUTE FUNCTION notes.nothing()',
  `UPDATE notes.note SET slug = lower(title)`,
  `DELETE FROM notes.note WHERE id > 0`,
  `INSERT INTO notes.note (id, title) VALUES (101, 'new')`,
  'CREATE TABLE notes.copy (id int REFERENCES notes.note (id))',
  'CREATE TABLE notes.week PARTITION OF notes.days DEFAULT',
  `COMMENT ON TABLE notes.owner IS '-- nothing'`,
  'CREATE SEQUENCE notes.place',
]

let world: Migrating
beforeAll(async () => {
  world = await Migrating.open()
  await world.client.query(tables)
})
afterAll(() => world.close())

interface Seen {
  relation: string
  lock: string
  work: 'rewrite' | 'read' | 'none'
}

/** The strongest lock that this transaction has on each table that was there before, and whether the table got a new file or was read. */
const seen = `
  SELECT t.name AS relation, array_agg(upper(regexp_replace(replace(mode, 'Lock', ''), '(?<=[a-z])(?=[A-Z])', ' ', 'g'))) AS locks,
    pg_relation_filenode(t.id) IS DISTINCT FROM t.file AS rewritten, coalesce(pg_stat_get_xact_numscans(t.id), 0)::int - t.scans AS scans
  FROM unnest($1::text[], $2::oid[], $3::oid[], $4::int[]) AS t (name, id, file, scans)
  JOIN pg_locks ON relation = t.id AND pid = pg_backend_pid() AND granted
  GROUP BY t.name, t.id, t.file, t.scans`

async function observe(statement: string): Promise<Seen[]> {
  await world.client.query('BEGIN')
  const before = await world.rows<{ name: string; id: string; file: string; scans: number }>(
    `SELECT oid::regclass::text AS name, oid::text AS id, pg_relation_filenode(oid)::text AS file, coalesce(pg_stat_get_xact_numscans(oid), 0)::int AS scans
     FROM pg_class WHERE relnamespace = 'notes'::regnamespace AND relkind IN ('r', 'p')`,
  )
  await world.client.query(statement)
  const lists = [before.map(({ name }) => name), before.map(({ id }) => id), before.map(({ file }) => file), before.map(({ scans }) => scans)]
  const rows = await world.rows<{ relation: string; locks: string[]; rewritten: boolean; scans: number }>(seen, lists)
  await world.client.query('ROLLBACK')
  return rows
    .map(({ relation, locks, rewritten, scans }) => ({
      relation,
      lock: lockModes.find((mode) => locks.includes(mode))!,
      work: rewritten ? ('rewrite' as const) : scans > 0 ? ('read' as const) : ('none' as const),
    }))
    .filter(({ lock }) => !['ACCESS SHARE', 'ROW SHARE'].includes(lock))
}

it.each(statements)('PostgreSQL locks what the plan says for: %s', async (statement) => {
  const real = await observe(statement)
  const planned = statementUse(statement).uses!.map((use) => (use.relation === 'notes.note_title' ? { ...use, relation: 'notes.note' } : use))
  const locks = (uses: { relation: string; lock: string }[]): string[] => uses.map(({ relation, lock }) => `${relation} ${lock}`).sort()
  expect(locks(planned)).toEqual(locks(real))
})

/** They read rows or not, whatever the size, or give the table an empty file. */
const otherwise = /^(TRUNCATE|DROP TABLE|INSERT|UPDATE|DELETE|CREATE TABLE|REINDEX)/

it.each(statements.filter((statement) => !otherwise.test(statement)))('PostgreSQL reads or copies what the plan says for: %s', async (statement) => {
  const real = new Map((await observe(statement)).map(({ relation, work }) => [relation, work]))
  const planned = statementUse(statement).uses!.map(({ relation, work }) => ({
    relation: relation.replace('note_title', 'note'),
    work: work === 'rewrite' || work === 'none' ? work : 'read',
  }))
  expect(planned).toEqual(planned.map(({ relation }) => ({ relation, work: real.get(relation) })))
})
