import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { NatsConfiguration } from '../shape/nats-configuration.js'
import { keysFolder } from '../start/paths.js'
import { printAnswer } from '../terminal/print-answer.js'

interface NatsConfigOptions {
  out?: string
  json?: boolean
}

const manual = `
Each application gets its own key, and permission for exactly the subjects that it needs. Existing keys stay the same;
applications without a key get a new one. Seeds are secret: they stay in their files (<name>.seed, mode 0600), and
NATS_SEED_FILE tells each process which one is its own. nats-server.conf and trusted-keys.env are written to the same folder.`

/** `km nats-config` */
export function addNatsConfigCommand(program: Command): void {
  program
    .command('nats-config')
    .description('Write keys for all applications, and the nats-server configuration that trusts them')
    .option('--out <folder>', 'output folder; default: .kilomega/nats, and the configuration is then printed too')
    .option('--json', 'print it as JSON')
    .addHelpText('after', manual)
    .action(async ({ out, json = false }: NatsConfigOptions) => {
      const { keysIn } = await import('../shape/nats-keys.js')
      const { natsConfigurationOf, trustedKeysLine, writeNatsFiles } = await import('../shape/nats-configuration.js')
      const folder = out === undefined ? keysFolder : resolve(out)
      const configuration = await natsConfigurationOf(keysIn(folder))
      const { serverFile, environmentFile } = writeNatsFiles(folder, configuration)
      const written = `For the server:       ${serverFile}\nFor the applications: ${environmentFile}\nTheir seeds, secret:  ${folder}/<name>.seed`
      // Written as a comment, so that the output stays a valid server configuration.
      const text = out === undefined ? `${configuration.text}# ${trustedKeysLine(configuration)}` : `${written}\n${trustedKeysLine(configuration)}`
      printAnswer(json, answerOf(folder, configuration), () => text)
    })
}

const answerOf = (folder: string, { keys, trustedKeys, text }: NatsConfiguration) => ({ folder, keys, trustedKeys, configuration: text })
