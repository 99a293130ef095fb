import { CommanderError } from 'commander'
import { failureText, ReportedFailure, UsageFailure } from './failure.js'
import { makeProgram } from './program.js'
import { colorsFor } from './terminal/colors.js'

/** Runs one command line and ends the process. Exit codes: 0 done, 1 it failed, 2 wrong usage. */
export async function main(argv: readonly string[]): Promise<void> {
  // Whoever reads may have had enough: what is left to say is lost then, and the command still comes to its end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const exitCode = await run(argv)
  // Idle connections to the API would hold the process for seconds.
  process.stdout.write('', () => process.exit(exitCode))
}

async function run(argv: readonly string[]): Promise<number> {
  try {
    await makeProgram().parseAsync(argv)
    return 0
  } catch (error) {
    // Help ends with 0 as well; commander has written its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof ReportedFailure)) process.stderr.write(`${colorsFor(process.stderr).red(failureText(error))}\n`)
    return error instanceof UsageFailure ? 2 : 1
  }
}
