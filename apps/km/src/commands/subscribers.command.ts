import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { confirm } from '../terminal/confirm.js'
import { requireKnown } from '../terminal/known-name.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'

export interface Subscriber {
  schema: string
  subscriber: string
  backlog: number
  dead: number
  /** Absent while a process answers. */
  silentMs?: number
}

interface RemoveOptions {
  yes?: boolean
  json?: boolean
}

/** What a command of this kind lists and removes: subscribers to events, or kinds of jobs. */
interface Kind {
  group: Command
  name: string
  word: string
  /** Kinds of jobs are shown to people without `queue:`. */
  prefix: string
}

/** `km outbox subscribers [remove NAME]`, `km queue kinds [remove NAME]` */
export function addSubscriberCommands({ group, name, word, prefix }: Kind): void {
  const own = async (): Promise<Subscriber[]> =>
    (await readSubscribers()).filter(({ subscriber }) => subscriber.startsWith('queue:') === (prefix !== ''))
  const shown = ({ subscriber }: Subscriber): string => subscriber.slice(prefix.length)
  const listing = group
    .command(name)
    .description(`Show every ${word}, how many deliveries wait for it, and whether a process handles it`)
    .option('--json', 'print it as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const subscribers = await own()
      printAnswer(json, subscribers, () => subscribersText(subscribers, shown))
    })
  listing
    .command('remove')
    .description(`Remove a ${word} that no process handles any more, with its deliveries`)
    .argument('<name>', `as named by km ${group.name()} ${name}`)
    .option('--yes', 'do not ask for confirmation; required without a terminal')
    .option('--json', 'print the count as JSON')
    .action(async (text: string, _: RemoveOptions, command: Command) => {
      // --json may also come before `remove`, where commander assigns it to the listing.
      const { yes = false, json = false } = command.optsWithGlobals<RemoveOptions>()
      await remove({ subscriber: `${prefix}${text}`, word, known: await own(), shown }, yes, json)
    })
}

async function readSubscribers(): Promise<Subscriber[]> {
  const { internal, operator } = connect()
  const { body } = await internal.require({ method: 'GET', path: '/operations/subscribers', token: await operator() })
  return (body as { items: Subscriber[] }).items
}

interface Removal {
  subscriber: string
  word: string
  known: readonly Subscriber[]
  shown: (one: Subscriber) => string
}

async function remove({ subscriber, word, known, shown }: Removal, yes: boolean, json: boolean): Promise<void> {
  const found = known.find((one) => one.subscriber === subscriber)
  if (found === undefined) return requireKnown(word, subscriber.replace(/^queue:/, ''), known.map(shown))
  const silent = found.silentMs === undefined ? ', and a process answers for it' : ''
  await confirm(
    `The ${word} ${shown(found)} has ${found.backlog} deliveries to come and ${found.dead} dead letters${silent}: all of it will be removed`,
    yes,
  )
  const { internal, operator } = connect()
  const { body } = await internal.require({ method: 'POST', path: '/operations/subscribers/removals', token: await operator(), json: { subscriber } })
  const { deliveries } = body as { deliveries: number }
  printAnswer(json, body, () => `${shown(found)} is forgotten, and ${deliveries} deliveries with it`)
}

export const subscribersText = (subscribers: readonly Subscriber[], shown: (one: Subscriber) => string, columns = process.stdout.columns): string =>
  tableText(
    ['name', 'of', 'backlog', 'dead', 'answers'],
    subscribers.map((one) => [shown(one), one.schema, String(one.backlog), String(one.dead), one.silentMs === undefined ? 'yes' : 'no']),
    { numbers: ['backlog', 'dead'], whole: ['name', 'of'], columns },
  )
