import { type Command, InvalidArgumentError } from 'commander'
import type { ReportOptions } from '../extract/run-report.js'

const manual = `
Both run here, each with a database of its own that begins like the other's: the module inside a process, and the same
module in a process of its own behind a real nats-server. Needs nats-server on PATH or Docker; nothing that runs is touched.
Exit code 1 where anything came out differently.`

/** `km extract report MODULE` */
export function addExtractCommands(program: Command): void {
  const extract = program.command('extract').description('Moving a module into a process of its own')
  extract
    .command('report')
    .description('Show whether a module answers the same in process and over NATS: the same generated calls, both ways')
    .argument('<module>', 'as in REMOTE_PORTS: search, media, notifications, or one of your own')
    .option('--calls <count>', 'generated calls', readCount, 2_000)
    .option('--seed <number>', 'the same seed makes the same calls', readCount, 1)
    .option('--out <file>', 'write the report (Markdown) there instead of printing it')
    .option('--json <file>', 'write it as JSON too')
    .addHelpText('after', manual)
    // Loaded late: it brings the whole platform along, which takes a second.
    .action(async (module: string, options: ReportOptions) => (await import('../extract/run-report.js')).runReport(module, options))
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000) throw new InvalidArgumentError('a whole number from 1 to 1000000')
  return count
}
