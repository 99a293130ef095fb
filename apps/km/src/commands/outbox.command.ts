import type { Command } from 'commander'
import { type Connection, connect } from '../api/connection.js'
import { UsageFailure } from '../failure.js'
import { confirm } from '../terminal/confirm.js'
import { durationText } from '../terminal/duration.js'
import { requireKnown } from '../terminal/known-name.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'
import { addDeadLetterCommands } from './dead-letters.command.js'
import { type Lag, readLags } from './read-lags.js'
import { readTime } from './read-time.js'
import { addSubscriberCommands } from './subscribers.command.js'

interface ReplayOptions {
  from: string
  to?: string
  schema?: string
  event?: string
  subscriber?: string
  yes?: boolean
  json?: boolean
}

/** `km outbox lag|show|retry|discard`, `km outbox replay --from TIME`, `km outbox subscribers` */
export function addOutboxCommands(program: Command): void {
  const outbox = program.command('outbox').description('Events of modules, and the subscribers that still have to handle them')
  outbox
    .command('lag')
    .description('Show how many deliveries wait for each subscriber, and how old the oldest is')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const lags = await readLags(connect())
      printAnswer(json, lags, () => lagText(lags))
    })
  addDeadLetterCommands({ group: outbox, argument: 'subscriber', word: 'subscriber', listing: 'km outbox lag', prefix: '', plural: 'deliveries to' })
  addSubscriberCommands({ group: outbox, name: 'subscribers', word: 'subscriber', prefix: '' })
  outbox
    .command('replay')
    .description('Deliver the events of a time span again; subscribers skip those that they have handled')
    .requiredOption('--from <time>', 'the beginning, as in 2026-11-25T12:00:00Z', readTime)
    .option('--to <time>', 'the end; default: now', readTime)
    .option('--schema <module>', 'only events of this module')
    .option('--event <name>', 'only this event, for example content.post-published')
    .option('--subscriber <name>', 'only to this subscriber, as named by km outbox lag')
    .option('--yes', 'do not ask for confirmation; required without a terminal')
    .option('--json', 'print the count as JSON')
    .action(replay)
}

async function replay({ from, to = new Date().toISOString(), schema, event, subscriber, yes = false, json = false }: ReplayOptions): Promise<void> {
  if (from >= to) throw new UsageFailure(`--from ${from} is not before --to ${to}: there is nothing in between`)
  const connection = connect()
  const lags = await readLags(connection)
  requireKnown(
    'module',
    schema,
    lags.map((lag) => lag.schema),
  )
  requireKnown(
    'subscriber',
    subscriber,
    lags.map((lag) => lag.subscriber),
  )
  requireKnown('subscribed event', event, eventsIn(lags))
  const span = { from, to, ...(schema && { schema }), ...(event && { eventName: event }), ...(subscriber && { subscriber }) }
  const would = await askReplay(connection, '/operations/replays/counts', span)
  if (would.count > 0) await confirm(`${would.count} deliveries of the events from ${from} to ${to} will be made again`, yes)
  const answer = would.count > 0 ? await askReplay(connection, '/operations/replays', span) : would
  printAnswer(json, answer, () => `${answer.count} deliveries will be made again`)
}

async function askReplay({ internal, operator }: Connection, path: string, span: object): Promise<{ count: number }> {
  const { body } = await internal.require({ method: 'POST', path, token: await operator(), json: span, timeoutMs: 60_000 })
  return body as { count: number }
}

/** Subscribers are named `<module>.<method>:<event>`, or `queue:<job>`. */
const eventsIn = (lags: readonly Lag[]): string[] =>
  lags.flatMap(({ subscriber }) => (subscriber.startsWith('queue:') ? [] : [subscriber.slice(subscriber.indexOf(':') + 1)]))

export const lagText = (lags: readonly Lag[], columns = process.stdout.columns): string =>
  tableText(
    ['subscriber', 'of', 'backlog', 'oldest', 'dead'],
    lags.map(({ subscriber, schema, backlog, oldestMs, dead }) => [
      subscriber,
      schema,
      String(backlog),
      backlog === 0 ? '' : durationText(oldestMs),
      String(dead),
    ]),
    { numbers: ['backlog', 'dead'], whole: ['subscriber', 'of'], columns },
  )
