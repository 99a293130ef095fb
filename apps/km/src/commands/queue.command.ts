import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { UsageFailure } from '../failure.js'
import { confirm } from '../terminal/confirm.js'
import { colorsFor } from '../terminal/colors.js'
import { durationText } from '../terminal/duration.js'
import { requireKnown } from '../terminal/known-name.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'
import { readLags } from './outbox.command.js'
import { addSubscriberCommands } from './subscribers.command.js'

export interface QueueView {
  name: string
  waiting: number
  active: number
  delayed: number
  paused: boolean
  backlog: number
  oldestMs: number
  dead: number
}

export interface DeadLetter {
  id: string
  reason: string
  attempts: number
  diedAt: string
}

interface Choice {
  id?: string
  code?: string
  yes?: boolean
  json?: boolean
}

/** `km queue list|show|kinds|retry|discard|pause|resume` */
export function addQueueCommands(program: Command): void {
  const queue = program.command('queue').description('The queues of jobs')
  queue.command('list').description('Show every kind of job and what waits').option('--json', 'print it as JSON').action(list)
  queue
    .command('show')
    .description('Show the dead letters of a kind of job, newest first')
    .argument('<job>', 'as km queue list names it')
    .option('--json', 'print them as JSON')
    .action(show)
  addSubscriberCommands({ group: queue, name: 'kinds', word: 'kind of job', prefix: 'queue:' })
  for (const [name, path, words, will, done] of changesOfDead) {
    queue
      .command(name)
      .description(words)
      .argument('[job]', 'as km queue list names it; with --code it may be left out, for all kinds')
      .option('--id <id>', 'one dead letter only; all of them without it')
      .option('--code <code>', 'only those that were given up with this code, as DEADLINE_EXCEEDED')
      .option('--yes', 'do not ask; needed where there is no terminal')
      .option('--json', 'print the count as JSON')
      .action((job: string | undefined, choice: Choice) => changeDead({ path, will, done }, job, choice))
  }
  for (const [name, words] of [
    ['pause', 'Let workers take no more jobs of a kind; what is asked for waits'],
    ['resume', 'Let workers take jobs of a kind again'],
  ] as const) {
    queue
      .command(name)
      .description(words)
      .argument('<job>', 'as km queue list names it')
      .option('--json', 'print what was done as JSON')
      .action((job: string, { json = false }: { json?: boolean }) => steer(name, job, json))
  }
}

const changesOfDead = [
  [
    'retry',
    '/operations/dead-letters/retries',
    'Give the dead letters of a kind of job another life',
    'will be asked for again',
    'are asked for again',
  ],
  ['discard', '/operations/dead-letters/removals', 'Remove the dead letters of a kind of job for good', 'will be removed for good', 'are removed'],
] as const

async function ask(method: 'GET' | 'POST', path: string, json?: object): Promise<unknown> {
  const { internal, operator } = connect()
  return (await internal.require({ method, path, token: await operator(), ...(json && { json }) })).body
}

async function list({ json = false }: { json?: boolean }): Promise<void> {
  const { items } = (await ask('GET', '/operations/queues')) as { items: QueueView[] }
  printAnswer(json, items, () => queuesText(items))
}

async function show(job: string, { json = false }: { json?: boolean }): Promise<void> {
  await deadOf(job)
  const { items } = (await ask('GET', `/operations/dead-letters?subscriber=${encodeURIComponent(`queue:${job}`)}`)) as { items: DeadLetter[] }
  printAnswer(json, items, () => (items.length === 0 ? `No job ${job} was given up` : deadText(items)))
}

async function changeDead(
  { path, will, done }: Record<'path' | 'will' | 'done', string>,
  job: string | undefined,
  { id, code, yes = false, json = false }: Choice,
): Promise<void> {
  if (job === undefined && code === undefined) throw new UsageFailure('Name a kind of job, or --code for all that were given up with it')
  const dead = job === undefined ? undefined : await deadOf(job)
  const chosen = code === undefined ? '' : `, given up with ${code},`
  if (id === undefined && dead !== 0) await confirm(`${job === undefined ? 'All dead letters' : `${dead} jobs ${job}`}${chosen} ${will}`, yes)
  const answer = (await ask('POST', path, { ...(job && { subscriber: `queue:${job}` }), ...(id && { id }), ...(code && { code }) })) as {
    count: number
  }
  printAnswer(json, answer, () => `${answer.count} jobs ${done}`)
}

async function steer(what: 'pause' | 'resume', job: string, json: boolean): Promise<void> {
  await deadOf(job)
  await ask('POST', `/operations/queues/${encodeURIComponent(job)}/${what}`)
  printAnswer(json, { job, paused: what === 'pause' }, () => `${job} is ${what === 'pause' ? 'paused' : 'at work again'}`)
}

/** How many dead letters a kind of job has; fails where there is no such kind. */
async function deadOf(job: string): Promise<number> {
  const queues = (await readLags(connect())).filter(({ subscriber }) => subscriber.startsWith('queue:'))
  const names = queues.map(({ subscriber }) => subscriber.slice('queue:'.length))
  requireKnown('kind of job', job, names)
  return queues[names.indexOf(job)]!.dead
}

export function queuesText(queues: readonly QueueView[], columns = process.stdout.columns): string {
  const colors = colorsFor(process.stdout)
  const numbers = ['waiting', 'active', 'delayed', 'dead']
  const rows = queues.map(({ name, waiting, active, delayed, dead, backlog, oldestMs, paused }) => [
    name,
    ...[waiting, active, delayed].map(String),
    dead === 0 ? '0' : colors.red(String(dead)),
    backlog === 0 ? '' : durationText(oldestMs),
    paused ? colors.yellow('paused') : colors.green('open'),
  ])
  return tableText(['job', ...numbers, 'oldest', 'state'], rows, { numbers, whole: ['job'], columns })
}

export const deadText = (letters: readonly DeadLetter[], columns = process.stdout.columns): string =>
  tableText(
    ['id', 'died', 'reason'],
    letters.map(({ id, diedAt, reason }) => [id, diedAt, reason]),
    { whole: ['id', 'died'], columns },
  )
