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
Each line is one JSON object: title, body, section (the category), tags, and name, the stable key of the document:
importing it again adds nothing. An interrupted import continues where it stopped.
Text must be UTF-8, with or without a byte order mark.
Bad lines are listed by number and skipped; everything else is published, and the exit code is then 1.`

/** `km import FILE` */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('Publish the documents of a file as posts')
    .argument('<file>', 'a file with one JSON object per line, optionally gzipped; - for standard input')
    .option('--restart', 'start at the first line, even if an earlier import got further')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', manual)
    .action(async (file: string, { json = false, restart = false }: ImportOptions) => {
      const summary: ImportSummary = await importFile(file === '-' ? file : resolve(file), { restart, connection: connect() })
      printAnswer(json, summary, () => summaryText(summary))
      if (summary.badLines.length > 0) throw new ReportedFailure()
    })
}
