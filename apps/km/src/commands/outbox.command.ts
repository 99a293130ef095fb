import type { Command } from 'commander'
import { type Connection, connect } from '../api/connection.js'
import { Failure } from '../failure.js'
import { durationText } from '../terminal/duration.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'

export interface Lag {
  schema: string
  subscriber: string
  owed: number
  oldestMs: number
  dead: number
}

interface ReplayOptions {
  from: string
  to?: string
  schema?: string
  event?: string
  subscriber?: string
  json?: boolean
}

/** `km outbox lag`, `km outbox replay --from TIME` */
export function addOutboxCommands(program: Command): void {
  const outbox = program.command('outbox').description('What modules have told, and who has yet to hear it')
  outbox
    .command('lag')
    .description('Show what is owed to each subscriber, and how old the oldest of it is')
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const lags = await readLags(connect())
      printAnswer(json, lags, () => lagText(lags))
    })
  outbox
    .command('replay')
    .description('Deliver once more what was told in a span of time; who has heard it does nothing')
    .requiredOption('--from <time>', 'the beginning, as in 2026-11-25T12:00:00Z')
    .option('--to <time>', 'the end; now unless told otherwise')
    .option('--schema <module>', 'of one module only')
    .option('--event <name>', 'of one event only, as in content.post-published')
    .option('--subscriber <name>', 'to one subscriber only, as km outbox lag names it')
    .option('--json', 'print the count as JSON')
    .action(replay)
}

export async function readLags({ internal, operator }: Connection): Promise<Lag[]> {
  const { body } = await internal.require({ method: 'GET', path: '/operations/lags', token: await operator() })
  return (body as { items: Lag[] }).items
}

async function replay({ from, to, schema, event, subscriber, json = false }: ReplayOptions): Promise<void> {
  const { internal, operator } = connect()
  const span = { from: timeIn(from, '--from'), to: to === undefined ? new Date().toISOString() : timeIn(to, '--to') }
  const choice = { ...(schema && { schema }), ...(event && { eventName: event }), ...(subscriber && { subscriber }) }
  const { body } = await internal.require({
    method: 'POST',
    path: '/operations/replays',
    token: await operator(),
    json: { ...span, ...choice },
    timeoutMs: 60_000,
  })
  const { count } = body as { count: number }
  printAnswer(json, body, () => `${count} deliveries are owed again`)
}

function timeIn(text: string, option: string): string {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw new Failure(`${option} ${text} is no time: write it as in 2026-11-25T12:00:00Z`)
  return time.toISOString()
}

const lagText = (lags: readonly Lag[]): string =>
  tableText(
    ['subscriber', 'of', 'owed', 'oldest', 'dead'],
    lags.map(({ subscriber, schema, owed, oldestMs, dead }) => [
      subscriber,
      schema,
      String(owed),
      owed === 0 ? '' : durationText(oldestMs),
      String(dead),
    ]),
    { numbers: ['owed', 'dead'], columns: process.stdout.columns },
  )
