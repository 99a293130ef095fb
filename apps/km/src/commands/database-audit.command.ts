import { AuditError, auditDatabase, type AuditReport, MigrationError } from '@kilomega/database'
import type { Command } from 'commander'
import { Failure, ReportedFailure } from '../failure.js'
import { printAnswer } from '../terminal/print-answer.js'
import { auditText } from './audit-text.js'
import { databaseUrl } from './database-url.js'

const manual = `
Only reads. It looks for open transactions, abandoned replication slots, transaction numbers and sequences near their end,
indexes that are missing, invalid, redundant or unused, dead rows, tables without a primary key, and statements that take
most of the time. Each finding comes with the statements that mend it: read them before you run them. What could not be checked is listed with the reason.
It does not judge how bloated indexes are: without the extension pgstattuple that would be a guess.
Exit codes: 1 if there is a finding under "Harmful", else 0.`

/** `km db audit` */
export function addDatabaseAudit(database: Command): void {
  database
    .command('audit')
    .description('Find what is wrong in the database at DATABASE_URL, or in the one that runs here, and say how to mend it')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', manual)
    .action(async ({ json = false }: { json?: boolean }) => {
      const report = await audit()
      printAnswer(json, report, () => auditText(report, process.stdout.columns))
      if (report.groups.some(({ severity }) => severity === 'harmful')) throw new ReportedFailure()
    })
}

async function audit(): Promise<AuditReport> {
  try {
    return await auditDatabase(databaseUrl('db audit'))
  } catch (error) {
    throw error instanceof AuditError || error instanceof MigrationError ? new Failure(error.message) : error
  }
}
