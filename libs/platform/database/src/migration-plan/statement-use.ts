import { nameInSql } from '../migrations/table-name.js'
import { alterTable } from './alter-table.js'
import { onOneLine } from './sql-text.js'
import type { StatementUse, TableUse } from './table-use.js'

type Rule = [pattern: RegExp, what: string, use: Pick<TableUse, 'lock' | 'work'>]

const relation = `(${nameInSql}\\.${nameInSql})`
const on = (start: string): RegExp => new RegExp(`^${start} ${relation}`, 'i')
const exclusive = 'ACCESS EXCLUSIVE'

/** The first rule that fits decides; its first group is the table, or an index of it. */
const rules: Rule[] = [
  [on(`CREATE (?:UNIQUE )?INDEX CONCURRENTLY .*?\\bON`), 'CREATE INDEX CONCURRENTLY', { lock: 'SHARE UPDATE EXCLUSIVE', work: 'index' }],
  [on(`CREATE (?:UNIQUE )?INDEX .*?\\bON(?: ONLY)?`), 'CREATE INDEX', { lock: 'SHARE', work: 'index' }],
  [on('DROP INDEX CONCURRENTLY(?: IF EXISTS)?'), 'DROP INDEX CONCURRENTLY', { lock: 'SHARE UPDATE EXCLUSIVE', work: 'none' }],
  [on('DROP INDEX(?: IF EXISTS)?'), 'DROP INDEX', { lock: exclusive, work: 'none' }],
  [on('DROP TABLE(?: IF EXISTS)?'), 'DROP TABLE', { lock: exclusive, work: 'none' }],
  [on('TRUNCATE(?: TABLE)?(?: ONLY)?'), 'TRUNCATE', { lock: exclusive, work: 'none' }],
  [on('CLUSTER'), 'CLUSTER', { lock: exclusive, work: 'rewrite' }],
  [on('REINDEX TABLE CONCURRENTLY'), 'REINDEX CONCURRENTLY', { lock: 'SHARE UPDATE EXCLUSIVE', work: 'index' }],
  [on('REINDEX TABLE'), 'REINDEX', { lock: 'SHARE', work: 'index' }],
  [on('CREATE (?:OR REPLACE )?(?:CONSTRAINT )?TRIGGER .*?\\bON'), 'CREATE TRIGGER', { lock: 'SHARE ROW EXCLUSIVE', work: 'none' }],
  [on('DROP TRIGGER .*?\\bON'), 'DROP TRIGGER', { lock: exclusive, work: 'none' }],
  [on('UPDATE(?: ONLY)?'), 'UPDATE', { lock: 'ROW EXCLUSIVE', work: 'write' }],
  [on('DELETE FROM(?: ONLY)?'), 'DELETE', { lock: 'ROW EXCLUSIVE', work: 'write' }],
  [on('INSERT INTO'), 'INSERT', { lock: 'ROW EXCLUSIVE', work: 'unknown' }],
  [on('MERGE INTO'), 'MERGE', { lock: 'ROW EXCLUSIVE', work: 'write' }],
  [on('COMMENT ON TABLE'), 'COMMENT', { lock: 'SHARE UPDATE EXCLUSIVE', work: 'none' }],
  [on('LOCK(?: TABLE)?'), 'LOCK', { lock: exclusive, work: 'none' }],
]

/** These touch no table that has rows, apart from those that a new table refers to. */
const withoutTable =
  /^(CREATE|ALTER|DROP) (OR REPLACE )?(UNLOGGED )?(TABLE|SEQUENCE|FUNCTION|PROCEDURE|EXTENSION|TYPE|DOMAIN|SCHEMA|VIEW|INDEX|TEXT SEARCH \w+)\b|^(COMMENT|GRANT|REVOKE)\b/i
const referenced = new RegExp(`\\bREFERENCES ${relation}`, 'gi')
const partitioned = new RegExp(`\\bPARTITION OF ${relation}`, 'i')

/** Which tables a statement of a migration locks, and what it does with them. Told from its text: a `DO` block or a function can hide anything. */
export function statementUse(sql: string): StatementUse {
  const text = onOneLine(sql)
  const altered = alterTable(text)
  if (altered !== undefined) return altered
  for (const [pattern, what, use] of rules) {
    const [, found] = pattern.exec(text) ?? []
    if (found !== undefined) return { what, uses: [{ relation: found, ...use }] }
  }
  const [what] = withoutTable.exec(text) ?? []
  if (what === undefined) return { what: text.split(' ', 1)[0]!.toUpperCase(), uses: undefined }
  return { what: what.toUpperCase(), uses: /^CREATE .*TABLE/i.test(what) ? usesOfNewTable(text) : [] }
}

function usesOfNewTable(text: string): TableUse[] {
  const targets = [...new Set([...text.matchAll(referenced)].map(([, target]) => target!))]
  const [, parent] = partitioned.exec(text) ?? []
  return [
    ...targets.map((target) => ({ relation: target, lock: 'SHARE ROW EXCLUSIVE', work: 'none' }) as const),
    ...(parent === undefined ? [] : [{ relation: parent, lock: exclusive, work: 'none' } as const]),
  ]
}
