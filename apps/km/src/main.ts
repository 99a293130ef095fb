import { CommanderError } from 'commander'
import { failureText, ReportedFailure, UsageFailure } from './failure.js'
import { makeProgram } from './program.js'
import { colorsFor } from './terminal/colors.js'

/** Runs one command line and ends the process. Exit codes: 0 success, 1 failure, 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<void> {
  // The reader of our output may have gone, as `head` does: further output is lost, and the command still finishes.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const exitCode = await run(argv)
  // Otherwise idle connections to the API would keep the process alive for seconds.
  process.stdout.write('', () => process.exit(exitCode))
}

async function run(argv: readonly string[]): Promise<number> {
  try {
    await makeProgram().parseAsync(argv)
    return 0
  } catch (error) {
    // commander throws for help too, with code 0; it has already printed its message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof ReportedFailure)) process.stderr.write(`${colorsFor(process.stderr).red(failureText(error))}\n`)
    return error instanceof UsageFailure ? 2 : 1
  }
}
