import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { ReportedFailure } from '../failure.js'
import { colorsFor } from '../terminal/colors.js'
import { durationText } from '../terminal/duration.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'
import { takeTour, type Tour } from '../tour/take-tour.js'

/** `km tour`: fails at the first unexpected answer. */
export function addTourCommand(program: Command): void {
  program
    .command('tour')
    .description('Try the product with real requests: account, photo, post, search, events, inbox')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const working = process.stderr.isTTY === true
      const tour = await takeTour(connect(), ({ what }) => working && process.stderr.write(`\r\u001b[K${what}`))
      if (working) process.stderr.write('\r\u001b[K')
      printAnswer(json, tour, () => tourText(tour))
      if (!tour.passed) throw new ReportedFailure()
    })
}

export function tourText({ stops, passed, problem }: Tour, columns = process.stdout.columns): string {
  const colors = colorsFor(process.stdout)
  const rows = stops.map((stop) => [
    stop.passed ? colors.green('✓') : colors.red('✗'),
    stop.what,
    shortPath(stop.asked),
    stop.answered,
    durationText(stop.tookMs),
  ])
  const verdict = passed ? colors.green('Everything was answered as expected.') : colors.red(problem ?? '')
  return `${tableText(['', 'what', 'asked', 'answered', 'took'], rows, { whole: ['took'], columns })}\n${verdict}`
}

/** Ids and query strings would widen the table and tell the reader nothing. */
const shortPath = (asked: string): string => asked.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…').replace(/\?.*/, '')
