import { type Command, InvalidArgumentError, Option } from 'commander'
import type { UpOptions } from '../shape/up-system.js'
import { readPort } from './read-port.js'

const manual = `
Tiers are those of deploy/tiers. DATABASE_URL, NATS_URL and QUEUE_REDIS_URL name servers of your own, which are used instead of
ones that are started here; a NATS server of your own wants what km nats-config prints.`

/** `km up TIER` and `km down`. */
export function addShapeCommands(program: Command): void {
  program
    .command('up')
    .description('Bring a tier up on this machine, each process for itself; Ctrl-C or km down stops it in order')
    .argument('<tier>', 'as in 1k or 500k')
    .option('--instances <number>', 'of each service in a process of its own', readCount)
    .option('--install', 'install servers that are missing (on Debian, as root)')
    .option('--detach', 'end when all is up and leave it running')
    .option('--port-base <port>', 'where the public port is and the internal ones begin (3000)', readPort)
    .option('--database-port <port>', 'where PostgreSQL listens (54320, or any free port where that is taken)', readPort)
    .option('--nats-port <port>', 'where NATS listens (14222, or any free port)', readPort)
    .option('--redis-port <port>', 'where Redis listens (16379, or any free port)', readPort)
    .addOption(new Option('--background').hideHelp())
    .addHelpText('after', manual)
    .action(async (tier: string, options: UpOptions) => (await import('../shape/up-system.js')).upSystem(tier, options))
  program
    .command('down')
    .description('Stop in order what km up or km start runs in this folder, and nothing else')
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
