import { createInterface } from 'node:readline/promises'
import { Failure, UsageFailure } from '../failure.js'

/** Asks before something large or final is done; `--yes` says so beforehand, and a program that cannot be asked has to. */
export async function confirm(what: string, yes: boolean): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY) throw new UsageFailure(`${what}: there is no terminal to ask on, so add --yes to continue`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    if (!/^y(es)?$/i.test((await lines.question(`${what}. Continue? [y/N] `)).trim())) throw new Failure('Nothing was changed')
  } finally {
    lines.close()
  }
}
