import { type Command, InvalidArgumentError, Option } from 'commander'
import type { UpOptions } from '../shape/up-system.js'
import { readPort } from './read-port.js'

const manual = `
The tiers are in deploy/tiers. Set DATABASE_URL, NATS_URL or QUEUE_REDIS_URL to use your own server instead of one started
here; your own NATS server needs the configuration that km nats-config prints.`

/** `km up TIER` and `km down`. */
export function addShapeCommands(program: Command): void {
  program
    .command('up')
    .description('Start a tier on this machine, with real processes; Ctrl-C or km down stops it cleanly')
    .argument('<tier>', 'for example 1k or 500k')
    .option('--instances <number>', 'instances of each service', readCount)
    .option('--install', 'install servers that are missing (on Debian, as root)')
    .option('--detach', 'exit when everything is up, and leave it running')
    .option('--port-base <port>', 'the public port; the internal ports follow it (default: 3000)', readPort)
    .option('--database-port <port>', 'port of PostgreSQL (default: 54320, or any free port if it is taken)', readPort)
    .option('--nats-port <port>', 'port of NATS (default: 14222, or any free port)', readPort)
    .option('--redis-port <port>', 'port of Redis (default: 16379, or any free port)', readPort)
    .addOption(new Option('--background').hideHelp())
    .addHelpText('after', manual)
    .action(async (tier: string, options: UpOptions) => (await import('../shape/up-system.js')).upSystem(tier, options))
  program
    .command('down')
    .description('Cleanly stop what km up or km start runs in this folder, and nothing else')
    .addOption(new Option('--orphans').hideHelp())
    .action(async ({ orphans = false }: { orphans?: boolean }) => {
      const { takeDown, takeDownOrphans } = await import('../shape/take-down.js')
      await (orphans ? takeDownOrphans() : takeDown())
    })
}

function readCount(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > 16) throw new InvalidArgumentError('it is a number from 1 to 16')
  return count
}
