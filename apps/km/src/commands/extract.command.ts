import { type Command, InvalidArgumentError } from 'commander'
import type { ReportOptions } from '../extract/run-report.js'

const manual = `
Runs the module twice on this machine, each time with its own copy of the same database: inside this process, and in a
separate process behind a real nats-server. Needs nats-server on PATH or Docker; does not touch anything that is running.
Exits with 1 if any answer differs.`

/** `km extract report MODULE` */
export function addExtractCommands(program: Command): void {
  const extract = program.command('extract').description('Move a module into its own process')
  extract
    .command('report')
    .description('Check that a module gives the same answers in process and over NATS, by the same generated calls')
    .argument('<module>', 'as in REMOTE_PORTS: search, media, notifications, or a module of your own')
    .option('--calls <count>', 'number of generated calls', readCount, 2_000)
    .option('--seed <number>', 'the same seed makes the same calls', readCount, 1)
    .option('--out <file>', 'write the report (Markdown) to this file instead of printing it')
    .option('--json <file>', 'also write the report as JSON to this file')
    .addHelpText('after', manual)
    // Imported on demand: it loads the whole platform, which takes a second.
    .action(async (module: string, options: ReportOptions) => (await import('../extract/run-report.js')).runReport(module, options))
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000) throw new InvalidArgumentError('a whole number from 1 to 1000000')
  return count
}
