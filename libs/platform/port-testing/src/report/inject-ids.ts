import { withIdentifiers } from '@kilomega/database'
import type { TestDatabase } from '@kilomega/testing'

/** Ids in the format of version 7, numbered by a sequence: the same calls get the same ids. */
const injected = [
  'CREATE SCHEMA injected',
  'CREATE SEQUENCE injected.id',
  `CREATE FUNCTION injected.uuidv7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
     SELECT ('0199f0a2-7c1e-7b63-9d55-' || lpad(to_hex(nextval('injected.id')), 12, '0'))::uuid $$`,
]

/** Column defaults were bound to Postgres's own function when their tables were created. */
const bindDefaults = `
  DO $$ DECLARE target record; BEGIN
    FOR target IN
      SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE column_default LIKE 'uuidv7()%' AND table_schema <> 'injected'
    LOOP
      EXECUTE format('ALTER TABLE %I.%I ALTER COLUMN %I SET DEFAULT injected.uuidv7()', target.table_schema, target.table_name, target.column_name);
    END LOOP;
  END $$`

/** Makes a database generate ids that depend only on the calls, not on time or chance. Applies to connections that are opened from now on. */
export async function injectIds({ database, url }: TestDatabase): Promise<void> {
  await database.write(async (transaction) => {
    for (const statement of [...injected, bindDefaults]) await transaction.query(statement)
  })
  const name = new URL(url).pathname.slice(1)
  await database.read((queryable) => queryable.query(withIdentifiers('ALTER DATABASE %I SET search_path = injected, pg_catalog, public', name)))
}

/** Starting took as many ids as there are processes; what is asked from now on makes the same ones everywhere. */
export async function restartIds({ database }: TestDatabase): Promise<void> {
  await database.write((transaction) => transaction.query(`SELECT setval('injected.id', 1000, false)`))
}
