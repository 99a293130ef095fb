import type { Command } from 'commander'
import type { LaunchOptions } from '../start/launch.js'
import { readPort } from './read-port.js'

/** `km start`, which `npm start` calls after it has installed and built. */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('Start PostgreSQL and the API on this machine; Ctrl-C stops them cleanly')
    .option('--reset', 'delete all data first', false)
    .option('--database-port <port>', 'port of PostgreSQL (default: 54320, or any free port if it is taken)', readPort)
    // Imported on demand: the other commands do not need a database library, which takes half a second to load.
    .action(async (options: LaunchOptions) => (await import('../start/start-system.js')).startSystem(options))
}
