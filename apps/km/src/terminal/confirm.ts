import { createInterface } from 'node:readline/promises'
import { Failure, UsageFailure } from '../failure.js'

/** Asks before something large or final is done; `--yes` says so beforehand, and a program that cannot be asked has to. */
export async function confirm(what: string, yes: boolean): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY) throw new UsageFailure(`${what}: nobody is there to be asked, so add --yes to go on`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    if (!/^y(es)?$/i.test((await lines.question(`${what}. Go on? [y/N] `)).trim())) throw new Failure('Nothing was done')
  } finally {
    lines.close()
  }
}
