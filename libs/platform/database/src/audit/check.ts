import type { AuditLimits } from './audit-limits.js'

/** `harmful` slows down, blocks or stops work, now or soon. `minor` costs something and breaks nothing. `information` is for a person to judge. */
export type Severity = 'harmful' | 'minor' | 'information'

/** One thing that is wrong in a database. */
export interface Finding {
  /** The table, index, sequence or session, as statements name it. */
  subject: string
  /** What was seen there, with its figures. */
  problem: string
  /** What mends it, to be run in this order by a person. Each can be pasted as it is, unless it has a part in `<…>`, which only a person can know. */
  statements: string[]
}

/** What a check has to work with. */
export interface Look {
  /** Runs one statement that reads. Names that it casts from `regclass` come qualified and quoted. */
  rows<Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]>
  readonly limits: AuditLimits
  /** Says that something could not be checked, and why; what was found is reported all the same. */
  skip(reason: string): void
}

/** One kind of finding: a file of its own, listed in `checks.ts`. */
export interface Check {
  /** Its name in JSON. */
  readonly kind: string
  readonly severity: Severity
  readonly title: string
  /** What it costs to leave it as it is. */
  readonly harm: string
  /** The worst first: of many, the first 100 are reported. Throws what the database says if it may not or cannot look. */
  find(look: Look): Promise<Finding[]>
}
