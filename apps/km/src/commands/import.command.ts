import { resolve } from 'node:path'
import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { ReportedFailure } from '../failure.js'
import { importFile, type ImportSummary } from '../import/import-file.js'
import { printAnswer } from '../terminal/print-answer.js'
import { summaryText } from '../import/summary-text.js'

interface ImportOptions {
  json?: boolean
  restart?: boolean
}

const manual = `
Each line is one JSON object: title, body, section (the category), tags, and name, the stable key by which a
document is known: importing it again adds nothing. An import that was stopped goes on where it was.
Text is UTF-8, with a byte order mark or without.
Bad lines are told with their numbers and skipped; then the exit code is 1, and everything else is published.`

/** `km import FILE` */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('Publish the documents of a file as posts')
    .argument('<file>', 'a file of one JSON object a line, packed by gzip or not; - is standard input')
    .option('--restart', 'begin at the first line, whatever an earlier import reached')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', manual)
    .action(async (file: string, { json = false, restart = false }: ImportOptions) => {
      const summary: ImportSummary = await importFile(file === '-' ? file : resolve(file), { restart, connection: connect() })
      printAnswer(json, summary, () => summaryText(summary))
      if (summary.badLines.length > 0) throw new ReportedFailure()
    })
}
