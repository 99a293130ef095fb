import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { diagnose, type Finding } from '../doctor/diagnose.js'
import { ReportedFailure } from '../failure.js'
import { colorsFor } from '../terminal/colors.js'
import { printAnswer } from '../terminal/print-answer.js'

/** `km doctor`: fails if something is wrong. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Find work that is not being done, and say how to fix it')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const findings = await diagnose(connect())
      printAnswer(json, { findings }, () => findingsText(findings))
      if (findings.length > 0) throw new ReportedFailure()
    })
}

function findingsText(findings: readonly Finding[]): string {
  const colors = colorsFor(process.stdout)
  if (findings.length === 0) return colors.green('All is well: every queue and every consumer of events answers, and nothing was given up')
  return findings.map(({ what, where, advice }) => `${colors.red(what)} ${where}\n  ${advice}`).join('\n')
}
