import { migration } from '@kilomega/database'

/**
 * A database has an extension only once, and on a server that others manage it may be in another schema, usually `public`. Then the functions that we use
 * are created in our schema under the same names, and the extension stays where others expect it.
 */
const unaccentFromElsewhere = `
  DO $$ DECLARE place text; BEGIN
    SELECT nspname INTO place FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'unaccent';
    IF place <> 'search' THEN
      EXECUTE format('CREATE TEXT SEARCH DICTIONARY search.unaccent (TEMPLATE = %I.unaccent, RULES = ''unaccent'')', place);
    END IF;
  END $$`

const fuzzystrmatchFromElsewhere = `
  DO $$ DECLARE place text; BEGIN
    SELECT nspname INTO place FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'fuzzystrmatch';
    IF place <> 'search' THEN
      EXECUTE format('CREATE FUNCTION search.levenshtein_less_equal(text, text, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN %I.levenshtein_less_equal($1, $2, $3)', place);
    END IF;
  END $$`

export const findExtensions = migration('202611240050-find-extensions', unaccentFromElsewhere, fuzzystrmatchFromElsewhere)
