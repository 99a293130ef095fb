import type { Command } from 'commander'
import { connect } from '../api/connection.js'
import { colorsFor } from '../terminal/colors.js'
import { durationText } from '../terminal/duration.js'
import { requireKnown } from '../terminal/known-name.js'
import { printAnswer } from '../terminal/print-answer.js'
import { tableText } from '../terminal/table.js'
import { addDeadLetterCommands } from './dead-letters.command.js'
import { readLags } from './read-lags.js'
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

/** `km queue list|show|kinds|retry|discard|pause|resume` */
export function addQueueCommands(program: Command): void {
  const queue = program.command('queue').description('Queues of jobs')
  queue.command('list').description('Show every kind of job and what waits').option('--json', 'print it as JSON').action(list)
  addDeadLetterCommands({ group: queue, argument: 'job', word: 'kind of job', listing: 'km queue list', prefix: 'queue:', plural: 'jobs' })
  addSubscriberCommands({ group: queue, name: 'kinds', word: 'kind of job', prefix: 'queue:' })
  for (const [name, words] of [
    ['pause', 'Stop workers from taking jobs of this kind; new jobs wait'],
    ['resume', 'Let workers take jobs of this kind again'],
  ] as const) {
    queue
      .command(name)
      .description(words)
      .argument('<job>', 'as named by km queue list')
      .option('--json', 'print the result as JSON')
      .action((job: string, { json = false }: { json?: boolean }) => steer(name, job, json))
  }
}

async function ask(method: 'GET' | 'POST', path: string, json?: object): Promise<unknown> {
  const { internal, operator } = connect()
  return (await internal.require({ method, path, token: await operator(), ...(json && { json }) })).body
}

async function list({ json = false }: { json?: boolean }): Promise<void> {
  const { items } = (await ask('GET', '/operations/queues')) as { items: QueueView[] }
  printAnswer(json, items, () => queuesText(items))
}

async function steer(what: 'pause' | 'resume', job: string, json: boolean): Promise<void> {
  await requireJob(job)
  await ask('POST', `/operations/queues/${encodeURIComponent(job)}/${what}`)
  printAnswer(json, { job, paused: what === 'pause' }, () => `${job} is ${what === 'pause' ? 'paused' : 'at work again'}`)
}

/** Fails if there is no such kind of job. */
async function requireJob(job: string): Promise<void> {
  const queues = (await readLags(connect())).filter(({ subscriber }) => subscriber.startsWith('queue:'))
  requireKnown(
    'kind of job',
    job,
    queues.map(({ subscriber }) => subscriber.slice('queue:'.length)),
  )
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
