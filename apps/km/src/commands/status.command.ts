import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { ReportedFailure } from '../failure.js'
import { readStatus, type Status, type StatusPart } from '../status.js'
import { colorsFor } from '../terminal/colors.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'

/** `km status`: fails where the API is not ready. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('Show what runs, where, and whether it is well')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const status = await readStatus(connect())
      printAnswer(json, status, () => statusText(status))
      if (!status.ready) throw new ReportedFailure()
    })
}

function statusText({ parts }: Status): string {
  const colors = colorsFor(process.stdout)
  // What has a place of its own is down; what is only a check of a process makes it degraded.
  const word = ({ up, required, where }: StatusPart) =>
    up ? colors.green('up') : required || where !== undefined ? colors.red('down') : colors.yellow('degraded')
  return tableText(
    ['what', 'process', 'where', 'state', 'problem'],
    parts.map((part) => [part.name, String(part.pid ?? ''), part.where ?? '', word(part), part.problem ?? '']),
    { columns: process.stdout.columns },
  )
}
