import type { Secret } from '@kilomega/config'
import { type Client, DatabaseError } from 'pg'
import { reasonOf } from '../await-server.js'
import { isUnavailable } from '../database-errors.js'
import { openProbe } from '../probe-connection.js'
import { requireVersion } from '../server-version.js'
import { AuditError } from './audit-error.js'
import { type AuditLimits, auditLimits } from './audit-limits.js'
import type { Check, Finding, Severity } from './check.js'
import { checks as allChecks } from './checks.js'
import { skipReasonOf } from './skip-reason.js'

/** All findings of one kind. */
export interface FindingGroup {
  kind: string
  severity: Severity
  title: string
  harm: string
  findings: Finding[]
}

/** What could not be checked, and why. */
export interface SkippedCheck {
  kind: string
  title: string
  reason: string
}

export interface AuditReport {
  /** The most harmful first; kinds without a finding are left out. */
  groups: FindingGroup[]
  skipped: SkippedCheck[]
}

/** Of one kind. */
const mostFindings = 100
/** The server ends a statement earlier, or waiting for a lock: this is for a server that does not answer. */
const answerLimitMs = 10_000
/** With an empty search path, all names are written with their schemas. */
const session = `
  SELECT set_config('default_transaction_read_only', 'on', false), set_config('search_path', '', false),
    set_config('statement_timeout', '5s', false), set_config('lock_timeout', '1s', false)`

/**
 * Looks for what is wrong in a database, and only reads. A check that may not look, or takes longer than 5 s, is reported as skipped. Throws an `AuditError`
 * if the server takes no connection, or it breaks, and a `MigrationError` if the server is too old.
 */
export async function auditDatabase(url: Secret, limits: AuditLimits = auditLimits, checks: readonly Check[] = allChecks): Promise<AuditReport> {
  const client = await connect(url)
  try {
    await requireVersion(client)
    await client.query(session)
    const report: AuditReport = { groups: [], skipped: [] }
    for (const check of checks) await run(check, { client, limits, report })
    return report
  } catch (error) {
    throw isUnavailable(error) ? new AuditError(`The connection broke during the audit (${reasonOf(error)}): try again`, { cause: error }) : error
  } finally {
    await client.end()
  }
}

async function connect(url: Secret): Promise<Client> {
  try {
    return await openProbe(url, { withinMs: answerLimitMs, name: 'kilomega audit' })
  } catch (error) {
    const { hostname, port } = new URL(url.reveal())
    throw new AuditError(`The database at ${hostname}:${port || 5_432} takes no connection (${reasonOf(error)}): start it, or correct DATABASE_URL`, {
      cause: error,
    })
  }
}

async function run(check: Check, { client, limits, report }: { client: Client; limits: AuditLimits; report: AuditReport }): Promise<void> {
  const { kind, severity, title, harm } = check
  const skip = (reason: string): void => void report.skipped.push({ kind, title, reason })
  const rows = async <Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]> => (await client.query<Row>(sql, parameters)).rows
  try {
    const findings = await check.find({ rows, limits, skip })
    if (findings.length > mostFindings) skip(`${findings.length - mostFindings} more were found: mend these first`)
    if (findings.length > 0) report.groups.push({ kind, severity, title, harm, findings: findings.slice(0, mostFindings) })
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    skip(skipReasonOf(error))
  }
}
