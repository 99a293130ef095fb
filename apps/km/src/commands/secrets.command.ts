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
Writes one file per secret (mode 0600, readable only by its owner). Existing files stay the same, so you can run it again
after an update. Prints the setting that points to each file, and what else production needs. Prints nothing secret.`

/** `km secrets generate` */
export function addSecretsCommands(program: Command): void {
  program
    .command('secrets')
    .description('Keys and other secrets for production')
    .command('generate')
    .description('Generate the secrets that production needs, and list its other settings')
    .option('--out <folder>', 'output folder; default: .kilomega/production')
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
  const counts = `# ${made.length} made, ${kept.length} already there. Back up ${folder} like your database: with a new key, sessions and cursors end.`
  const lines = ['NODE_ENV=production', ...Object.entries(settings).map(([variable, file]) => `${variable}=${file}`)]
  const others = missing.map(({ variable, message }) => `# ${variable}: ${message}`)
  return [counts, ...lines, ...(others.length > 0 ? ['# Also set these:', ...others] : [])].join('\n')
}
