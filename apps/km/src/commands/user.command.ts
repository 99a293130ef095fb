import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { askPassword } from '../terminal/ask-password.js'
import { confirm } from '../terminal/confirm.js'
import { printAnswer } from '../terminal/print-answer.js'

interface CreateOptions {
  name?: string
  json?: boolean
}

/** `km user create|promote|demote|disable|enable|delete EMAIL` */
export function addUserCommands(program: Command): void {
  const user = program.command('user').description('Accounts')
  user
    .command('create')
    .description('Create an account; its address needs no confirmation')
    .argument('<email>', 'the address of the new account')
    .option('--name <name>', 'the name to show; without it, the part of the address before the @')
    .option('--json', 'print the account as JSON')
    .addHelpText('after', '\nAsks for the password, or reads it from the first line of standard input.')
    .action(async (email: string, { name = email.split('@', 1)[0]!, json = false }: CreateOptions) => {
      const account = await post('/accounts', { email, name, password: await askPassword() })
      printAnswer(json, account, () => `${email} has an account now`)
    })
  for (const change of changes) addChange(user, change)
  user
    .command('delete')
    .description('Delete an account for good, with its posts, pictures and notifications')
    .argument('<email>', 'the address of the account')
    .option('--yes', 'do not ask for confirmation; required without a terminal')
    .option('--json', 'print the result as JSON')
    .action(async (email: string, { yes = false, json = false }: { yes?: boolean; json?: boolean }) => {
      await confirm(`The account ${email} and everything that belongs to it will be deleted for good`, yes)
      await post('/accounts/deletions', { email })
      printAnswer(json, { email }, () => `${email} is deleted; what belongs to it is being removed`)
    })
}

/** What is done to an account by its address alone. */
interface Change {
  name: string
  description: string
  path: string
  done: (email: string) => string
}

const changes: readonly Change[] = [
  {
    name: 'promote',
    description: 'Make an account an admin',
    path: '/accounts/promotions',
    done: (email) => `${email} is an admin now`,
  },
  {
    name: 'demote',
    description: 'Make an admin an ordinary user again; signs the account out everywhere',
    path: '/accounts/demotions',
    done: (email) => `${email} is no admin now`,
  },
  {
    name: 'disable',
    description: 'Sign an account out everywhere and let nobody sign in to it; its posts stay',
    path: '/accounts/disablements',
    done: (email) => `${email} is disabled; "km user enable ${email}" undoes this`,
  },
  {
    name: 'enable',
    description: 'Let the owner of a disabled account sign in again',
    path: '/accounts/enablements',
    done: (email) => `${email} can sign in again`,
  },
]

function addChange(user: Command, { name, description, path, done }: Change): void {
  user
    .command(name)
    .description(description)
    .argument('<email>', 'the address of the account')
    .option('--json', 'print the account as JSON')
    .action(async (email: string, { json = false }: { json?: boolean }) => {
      const account = await post(path, { email })
      printAnswer(json, account, () => done(email))
    })
}

async function post(path: string, json: object): Promise<unknown> {
  const { internal, operator } = connect()
  return (await internal.require({ method: 'POST', path, token: await operator(), json })).body
}
