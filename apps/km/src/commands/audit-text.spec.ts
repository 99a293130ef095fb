import type { AuditReport } from '@kilomega/database'
import { auditText } from './audit-text.js'

const key = {
  subject: 'shop.sale ("the buyer")',
  problem: 'refers to shop.customer, and no index begins with it',
  statements: ['CREATE INDEX CONCURRENTLY ON shop.sale ("the buyer", another_column, yet_another_column, last_column)'],
}
const report: AuditReport = {
  groups: [
    {
      kind: 'foreign-key-without-index',
      severity: 'harmful',
      title: 'Foreign keys without an index',
      harm: 'A delete reads everything.',
      findings: [key],
    },
    {
      kind: 'unused-index',
      severity: 'minor',
      title: 'Unused indexes',
      harm: 'Cost.',
      findings: [{ ...key, subject: 'shop.a', statements: ['DROP INDEX shop.a'] }],
    },
  ],
  skipped: [{ kind: 'costly-statement', title: 'Statements that take most of the time', reason: 'the extension is not installed' }],
}

describe('An audit', () => {
  it('is grouped, fits 80 columns, and its statements can be pasted', () => {
    expect(
      auditText(report)
        .split('\n')
        .every((line) => line.length <= 80),
    ).toBe(true)
    expect(auditText(report)).toBe(`2 findings, 1 of them harmful

Harmful:

Foreign keys without an index
  A delete reads everything.

  shop.sale ("the buyer") refers to shop.customer, and no index begins with it
    CREATE INDEX CONCURRENTLY ON shop.sale ("the buyer", another_column,
      yet_another_column, last_column);

Minor:

Unused indexes
  Cost.

  shop.a refers to shop.customer, and no index begins with it
    DROP INDEX shop.a;

Not checked
  Statements that take most of the time: the extension is not installed`)
  })

  it('says that nothing is wrong', () => {
    expect(auditText({ groups: [], skipped: [] })).toBe('Nothing is wrong in this database')
  })
})
