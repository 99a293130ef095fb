import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { SavedSession } from '../api/saved-session.js'
import { askPassword } from '../terminal/ask-password.js'

/** `km login EMAIL` and `km logout` */
export function addSessionCommands(program: Command): void {
  program
    .command('login')
    .description('Sign in as an admin; asks for the password, or reads it from standard input')
    .argument('<email>', 'the address of your account')
    .action(async (email: string) => {
      await new SavedSession(connect().api).open(email, await askPassword())
      process.stdout.write(`Signed in as ${email}\n`)
    })
  program
    .command('logout')
    .description('Sign out')
    .action(async () => {
      await new SavedSession(connect().api).end()
      process.stdout.write('Signed out\n')
    })
}
