import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { ReportedFailure } from '../failure.js'
import { readStatus, type Status, type StatusPart } from '../status.js'
import { colorsFor } from '../terminal/colors.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'

/** `km status`: fails if the API is not ready, or if anything that should be running is not. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('Show what is running, where, and whether it is healthy')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const status = await readStatus(connect())
      printAnswer(json, status, () => statusText(status))
      if (!status.ready || status.parts.some(isDown)) throw new ReportedFailure()
    })
}

/** Anything with an address is expected to run, and so are the processes that the API misses; a failed check alone makes a process degraded. */
const isDown = ({ name, up, where }: StatusPart): boolean => !up && (where !== undefined || name === 'api: processes')

export function statusText({ parts }: Pick<Status, 'parts'>, columns = process.stdout.columns): string {
  const colors = colorsFor(process.stdout)
  const word = (part: StatusPart) => (part.up ? colors.green('up') : part.required || isDown(part) ? colors.red('down') : colors.yellow('degraded'))
  return tableText(
    ['what', 'process', 'where', 'state', 'problem'],
    parts.map((part) => [part.name, String(part.pid ?? ''), part.where ?? '', word(part), part.problem ?? '']),
    { whole: ['what', 'process', 'where'], columns },
  )
}
