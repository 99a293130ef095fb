import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { askPassword } from '../terminal/ask-password.js'
import { printAnswer } from '../terminal/print-answer.js'

interface CreateOptions {
  name?: string
  json?: boolean
}

/** `km user create|promote EMAIL` */
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
  user
    .command('promote')
    .description('Make an account an admin')
    .argument('<email>', 'the address of the account')
    .option('--json', 'print the account as JSON')
    .action(async (email: string, { json = false }: { json?: boolean }) => {
      const account = await post('/accounts/promotions', { email })
      printAnswer(json, account, () => `${email} is an admin now`)
    })
}

async function post(path: string, json: object): Promise<unknown> {
  const { internal, operator } = connect()
  return (await internal.require({ method: 'POST', path, token: await operator(), json })).body
}
