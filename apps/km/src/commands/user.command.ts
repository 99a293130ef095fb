import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { printAnswer } from '../terminal/print-answer.js'

/** `km user promote EMAIL` */
export function addUserCommands(program: Command): void {
  const user = program.command('user').description('Accounts')
  user
    .command('promote')
    .description('Make an account an admin')
    .argument('<email>', 'the address of a verified account')
    .option('--json', 'print the account as JSON')
    .action(async (email: string, { json = false }: { json?: boolean }) => {
      const { internal, operator } = connect()
      const { body } = await internal.require({ method: 'POST', path: '/accounts/promotions', token: await operator(), json: { email } })
      printAnswer(json, body, () => `${email} is an admin now`)
    })
}
