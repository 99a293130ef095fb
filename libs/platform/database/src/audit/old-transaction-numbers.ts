import type { Check } from './check.js'

interface Row {
  subject: string
  age: number
  statement: string
}

/** The table, what it stores aside, and its numbers of row locks by several transactions have the same end. Also of the system's own tables. */
const tables = `
  SELECT c.oid::regclass::text AS subject, a.age, format('VACUUM (FREEZE) %s', c.oid::regclass) AS statement
  FROM pg_class c
  LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
  CROSS JOIN LATERAL (
    SELECT greatest(age(c.relfrozenxid), age(t.relfrozenxid), mxid_age(c.relminmxid), mxid_age(t.relminmxid)) AS age
  ) a
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND a.age >= $1
  ORDER BY a.age DESC`

/** Tables that autovacuum has failed to freeze. */
export const oldTransactionNumbers: Check = {
  kind: 'old-transaction-numbers',
  severity: 'harmful',
  title: 'Tables with old transaction numbers',
  harm: 'At some 2,100,000,000 the server refuses to write. Autovacuum mends it, unless something stops it: a long transaction, or a slot.',
  async find({ rows, limits: { transactionAge } }) {
    const found = await rows<Row>(tables, [transactionAge])
    return found.map(({ subject, age, statement }) => ({ subject, problem: `was last frozen ${age} transactions ago`, statements: [statement] }))
  },
}
