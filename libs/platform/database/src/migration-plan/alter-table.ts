import { nameInSql, plainName } from '../migrations/table-name.js'
import { strongest } from './lock-mode.js'
import { splitList } from './sql-text.js'
import type { StatementUse, TableUse } from './table-use.js'

type Rule = [action: RegExp, use: Pick<TableUse, 'lock' | 'work'>]

const exclusive = 'ACCESS EXCLUSIVE'
/** Functions that a default may call without a value of its own for each row. */
const stable = /^(now|current_\w+|transaction_timestamp|statement_timestamp|lower|upper|to_\w+|make_\w+|array_\w+|jsonb?_\w+|coalesce|nullif)$/i

/** The first rule that fits an action decides. See “ALTER TABLE” and “Explicit Locking” in PostgreSQL's manual. */
const rules: Rule[] = [
  [/^VALIDATE CONSTRAINT/i, { lock: 'SHARE UPDATE EXCLUSIVE', work: 'scan' }],
  [/^ADD (CONSTRAINT \S+ )?FOREIGN KEY .*NOT VALID$/i, { lock: 'SHARE ROW EXCLUSIVE', work: 'none' }],
  [/^ADD (CONSTRAINT \S+ )?FOREIGN KEY/i, { lock: 'SHARE ROW EXCLUSIVE', work: 'scan' }],
  [/^ADD (CONSTRAINT \S+ )?(UNIQUE|PRIMARY KEY) USING INDEX/i, { lock: exclusive, work: 'none' }],
  [/^ADD (CONSTRAINT \S+ )?(UNIQUE|PRIMARY KEY|EXCLUDE)\b/i, { lock: exclusive, work: 'index' }],
  [/^ADD (CONSTRAINT \S+ )?(CHECK|NOT NULL)\b.*NOT VALID$/i, { lock: exclusive, work: 'none' }],
  [/^ADD (CONSTRAINT \S+ )?(CHECK|NOT NULL)\b/i, { lock: exclusive, work: 'scan' }],
  [/^ADD CONSTRAINT/i, { lock: exclusive, work: 'unknown' }],
  [/^ADD .*\b(GENERATED ALWAYS AS \(.*\) STORED|GENERATED .* AS IDENTITY|(small|big)?serial)\b/i, { lock: exclusive, work: 'rewrite' }],
  [/^ADD .*\b(UNIQUE|PRIMARY KEY)\b/i, { lock: exclusive, work: 'index' }],
  [/^ADD .*\b(CHECK\b|DEFAULT\b.*\bREFERENCES\b)/i, { lock: exclusive, work: 'scan' }],
  [/^ALTER (COLUMN )?\S+ (SET DATA )?TYPE/i, { lock: exclusive, work: 'rewrite' }],
  [/^ALTER (COLUMN )?\S+ SET NOT NULL/i, { lock: exclusive, work: 'scan' }],
  [/^ALTER (COLUMN )?\S+ (SET STATISTICS|SET \(|RESET \()/i, { lock: 'SHARE UPDATE EXCLUSIVE', work: 'none' }],
  [/^(SET|RESET) \(|^(SET WITHOUT )?CLUSTER\b|^DETACH PARTITION .* CONCURRENTLY/i, { lock: 'SHARE UPDATE EXCLUSIVE', work: 'none' }],
  [/^(ENABLE|DISABLE) TRIGGER/i, { lock: 'SHARE ROW EXCLUSIVE', work: 'none' }],
  [/^ATTACH PARTITION/i, { lock: 'SHARE UPDATE EXCLUSIVE', work: 'none' }],
  [/^SET (LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)/i, { lock: exclusive, work: 'rewrite' }],
  [/^(ADD|DROP|ALTER|RENAME|SET|DETACH|OWNER|ENABLE|DISABLE|INHERIT|NO|REPLICA|FORCE)\b/i, { lock: exclusive, work: 'none' }],
]
const weights = ['none', 'unknown', 'scan', 'index', 'rewrite'] as const

const statement = new RegExp(`^ALTER TABLE (?:IF EXISTS )?(?:ONLY )?(${nameInSql}(?:\\.${nameInSql})?) (.*)$`, 'i')
const referenced = new RegExp(`\\bREFERENCES (${nameInSql}\\.${nameInSql})`, 'i')
const attached = new RegExp(`^ATTACH PARTITION (${nameInSql}\\.${nameInSql})`, 'i')
const required = new RegExp(`^ALTER (?:COLUMN )?(${nameInSql}) SET NOT NULL`, 'i')

/** What an `ALTER TABLE` does: all its actions under the strongest lock that one of them needs. */
export function alterTable(sql: string): StatementUse | undefined {
  const [, relation, rest] = statement.exec(sql) ?? []
  if (relation === undefined || rest === undefined) return undefined
  const actions = splitList(rest)
  const uses = actions.map(useOf)
  const work = weights.findLast((weight) => uses.some((use) => use.work === weight)) ?? 'none'
  const column = actions.flatMap((action) => required.exec(action)?.[1] ?? [])[0]
  const only = uses.filter((use) => use.work !== 'none').length === 1 && column !== undefined
  const own: TableUse = { relation, lock: strongest(uses.map(({ lock }) => lock)), work, ...(only && { requires: plainName(column) }) }
  return { what: ['ALTER TABLE', wordsOf(actions[0]!)].join(' '), uses: [own, ...actions.flatMap(othersOf)] }
}

function useOf(action: string): Pick<TableUse, 'lock' | 'work'> {
  if (/^ADD /i.test(action) && hasOwnDefault(action)) return { lock: exclusive, work: 'rewrite' }
  return rules.find(([pattern]) => pattern.test(action))?.[1] ?? { lock: exclusive, work: 'unknown' }
}

/** A default that is not the same for all rows has to be written into each. A function that is not known here is taken for one of those. */
function hasOwnDefault(action: string): boolean {
  const [, value = ''] = /\bDEFAULT (.*)$/i.exec(action.replace(/'(?:[^']|'')*'/g, "''")) ?? []
  const called = [...value.replace(/\b(CHECK|REFERENCES)\b.*$/i, '').matchAll(/([a-z_][\w.]*) ?\(/gi)].map(([, name]) => name!)
  return called.some((name) => !stable.test(name))
}

function othersOf(action: string): TableUse[] {
  const [, target] = referenced.exec(action) ?? []
  const [, partition] = attached.exec(action) ?? []
  return [
    ...(target === undefined ? [] : [{ relation: target, lock: 'SHARE ROW EXCLUSIVE', work: 'none' } as const]),
    ...(partition === undefined ? [] : [{ relation: partition, lock: exclusive, work: 'scan' } as const]),
  ]
}

/** The words of SQL at the beginning of an action, without the names: `ADD COLUMN`. */
function wordsOf(action: string): string {
  if (/^ALTER (COLUMN )?\S+ (SET DATA )?TYPE/i.test(action)) return 'TYPE'
  const [words = ''] =
    /^(ALTER (COLUMN )?\S+ )?(ADD|DROP|SET|RENAME|VALIDATE|ATTACH|DETACH|ENABLE|DISABLE)?( (CONSTRAINT|COLUMN|NOT NULL|DEFAULT|PARTITION|FOREIGN KEY))?/i.exec(
      action,
    ) ?? []
  return words.replace(/^ALTER (COLUMN )?\S+ /i, '').toUpperCase()
}
