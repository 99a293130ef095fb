import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { addDatabaseCommands } from './commands/database.command.js'
import { addDoctorCommand } from './commands/doctor.command.js'
import { addExtractCommands } from './commands/extract.command.js'
import { addImportCommand } from './commands/import.command.js'
import { addNatsConfigCommand } from './commands/nats-config.command.js'
import { addOutboxCommands } from './commands/outbox.command.js'
import { addQueueCommands } from './commands/queue.command.js'
import { addSecretsCommands } from './commands/secrets.command.js'
import { addSessionCommands } from './commands/session.command.js'
import { addStartCommand } from './commands/start.command.js'
import { addStatusCommand } from './commands/status.command.js'
import { addTourCommand } from './commands/tour.command.js'
import { addShapeCommands } from './commands/shape.command.js'
import { addUserCommands } from './commands/user.command.js'
import { root } from './start/paths.js'

const signingIn = `
Token: KILOMEGA_TOKEN, or that of km login, or the operator's token that a development server keeps in .kilomega/secrets.
Address: KILOMEGA_URL (http://127.0.0.1:3000) and KILOMEGA_INTERNAL_URL (http://127.0.0.1:3001).
Exit codes: 0 success, 1 failure, 2 wrong usage.`

/** The version of the repository, and that of the Node in use. */
function versionText(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return `kilomega ${version} (node ${process.versions.node})`
}

/** Every command of `km`. */
export function makeProgram(): Command {
  const program = new Command('km')
    .description('The command line of Kilomega')
    .version(versionText(), '-v, --version', 'say which version this is')
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText('after', signingIn)
  for (const add of [
    addStartCommand,
    addShapeCommands,
    addDatabaseCommands,
    addNatsConfigCommand,
    addSecretsCommands,
    addStatusCommand,
    addDoctorCommand,
    addQueueCommands,
    addOutboxCommands,
    addSessionCommands,
    addUserCommands,
    addTourCommand,
    addImportCommand,
    addExtractCommands,
  ])
    add(program)
  return program
}
