import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { UsageFailure } from '../failure.js'
import { confirm } from '../terminal/confirm.js'
import { requireKnown } from '../terminal/known-name.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'
import { readLags } from './read-lags.js'

export interface DeadLetter {
  id: string
  reason: string
  attempts: number
  diedAt: string
}

/** The subject of a group of commands: kinds of jobs, or subscribers to events. */
export interface DeadKind {
  group: Command
  /** The name of the argument, as in `<job>`. */
  argument: string
  /** As in `There is no kind of job …`. */
  word: string
  /** The command that lists them. */
  listing: string
  /** Kinds of jobs are shown to people without `queue:`. */
  prefix: 'queue:' | ''
  /** What given-up items are called, in the plural. */
  plural: string
}

interface Choice {
  id?: string
  code?: string
  yes?: boolean
  json?: boolean
}

interface Change {
  path: string
  will: string
  done: string
}

const changes: Record<'retry' | 'discard', Change & { words: string }> = {
  retry: {
    path: '/operations/dead-letters/retries',
    words: 'Retry dead letters',
    will: 'will be retried',
    done: 'will be retried',
  },
  discard: {
    path: '/operations/dead-letters/removals',
    words: 'Delete dead letters permanently',
    will: 'will be deleted permanently',
    done: 'deleted',
  },
}

/** `show`, `retry` and `discard`, in both `km queue` and `km outbox` */
export function addDeadLetterCommands(kind: DeadKind): void {
  const { group, argument, word, listing } = kind
  group
    .command('show')
    .description(`Show the dead letters of a ${word}, newest first`)
    .argument(`<${argument}>`, `as named by ${listing}`)
    .option('--json', 'print them as JSON')
    .action((name: string, { json = false }: { json?: boolean }) => show(kind, name, json))
  for (const [command, change] of Object.entries(changes)) {
    group
      .command(command)
      .description(`${change.words} of a ${word}`)
      .argument(`[${argument}]`, `as named by ${listing}; optional with --code, which then applies to all`)
      .option('--id <id>', 'only this dead letter; default: all')
      .option('--code <code>', 'only those given up with this code, for example DEADLINE_EXCEEDED')
      .option('--yes', 'do not ask for confirmation; required without a terminal')
      .option('--json', 'print the count as JSON')
      .action((name: string | undefined, choice: Choice) => changeDead(kind, change, name, choice))
  }
}

async function show(kind: DeadKind, name: string, json: boolean): Promise<void> {
  await deadOf(kind, name)
  const { items } = (await ask('GET', `/operations/dead-letters?subscriber=${encodeURIComponent(kind.prefix + name)}`)) as { items: DeadLetter[] }
  printAnswer(json, items, () => (items.length === 0 ? `${name} has no dead letters` : deadText(items)))
}

async function changeDead(kind: DeadKind, { path, will, done }: Change, name: string | undefined, choice: Choice): Promise<void> {
  const { id, code, yes = false, json = false } = choice
  if (name === undefined && code === undefined) throw new UsageFailure(`Give the name of a ${kind.word}, or --code`)
  const dead = name === undefined ? undefined : await deadOf(kind, name)
  const chosen = code === undefined ? '' : `, given up with ${code},`
  const what = name === undefined ? 'All dead letters' : `${dead} ${kind.plural} ${name}`
  if (id === undefined && dead !== 0) await confirm(`${what}${chosen} ${will}`, yes)
  const body = { ...(name && { subscriber: kind.prefix + name }), ...(id && { id }), ...(code && { code }) }
  const answer = (await ask('POST', path, body)) as { count: number }
  printAnswer(json, answer, () => `${answer.count} ${kind.plural} ${done}`)
}

/** The number of dead letters under a name; fails if the name is unknown. */
async function deadOf({ word, prefix }: DeadKind, name: string): Promise<number> {
  const own = (await readLags(connect())).filter(({ subscriber }) => subscriber.startsWith('queue:') === (prefix !== ''))
  const names = own.map(({ subscriber }) => subscriber.slice(prefix.length))
  requireKnown(word, name, names)
  return own[names.indexOf(name)]!.dead
}

async function ask(method: 'GET' | 'POST', path: string, json?: object): Promise<unknown> {
  const { internal, operator } = connect()
  return (await internal.require({ method, path, token: await operator(), ...(json && { json }) })).body
}

export const deadText = (letters: readonly DeadLetter[], columns = process.stdout.columns): string =>
  tableText(
    ['id', 'died', 'reason'],
    letters.map(({ id, diedAt, reason }) => [id, diedAt, reason]),
    { whole: ['id', 'died'], columns },
  )
