import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { processEnvironment } from '@kilomega/config'
import type { MadeSecrets } from '@kilomega/process'
import type { Command } from 'commander'
import { mainFileOf, workFolder } from '../start/paths.js'
import { printAnswer } from '../terminal/print-answer.js'

interface GenerateOptions {
  out?: string
  json?: boolean
}

const manual = `
One file for each secret (mode 0600, its owner alone may read it); those that are there stay as they are, so that it may be run again after
an update. Printed is the setting for each, which leads to its file, and what else production needs. Nothing that is printed is secret.`

/** `km secrets generate` */
export function addSecretsCommands(program: Command): void {
  program
    .command('secrets')
    .description('Keys and other secrets of production')
    .command('generate')
    .description('Make the secrets that production needs, and say what else it does')
    .option('--out <folder>', 'where they are written; .kilomega/production unless told otherwise')
    .option('--json', 'print it as JSON')
    .addHelpText('after', manual)
    .action(async ({ out, json = false }: GenerateOptions) => {
      const folder = out === undefined ? join(workFolder, '.kilomega/production') : resolve(out)
      const environment = { ...processEnvironment(), NODE_ENV: 'production' }
      const { stdout } = await promisify(execFile)(process.execPath, [mainFileOf('api'), '--secrets', folder], { env: environment })
      const answer = JSON.parse(stdout) as MadeSecrets
      printAnswer(json, answer, () => textOf(folder, answer))
    })
}

function textOf(folder: string, { made, kept, settings, missing }: MadeSecrets): string {
  const counts = `# ${made.length} made, ${kept.length} were there; keep ${folder} as you keep your database: a new key ends sessions and cursors.`
  const lines = ['NODE_ENV=production', ...Object.entries(settings).map(([variable, file]) => `${variable}=${file}`)]
  const others = missing.map(({ variable, message }) => `# ${variable}: ${message}`)
  return [counts, ...lines, ...(others.length > 0 ? ['# Still to be set:', ...others] : [])].join('\n')
}
