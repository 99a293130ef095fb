import { createInterface } from 'node:readline/promises'
import { Failure, UsageFailure } from '../failure.js'

/** Asks before something large or irreversible is done. `--yes` answers in advance, and is required where nobody can be asked. */
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
