import type { Connection } from '../api/connection.js'
import { Refused, Unreachable } from '../api/http-client.js'
import { readLags } from '../commands/read-lags.js'
import type { Check } from '../shape/process-health.js'
import { readStatus } from '../status.js'
import { findingsOf } from './lag-findings.js'
import { adviceForSilent, withoutRepeats } from './silent-advice.js'

/** A problem, and what a person can do about it. */
export interface Finding {
  what: string
  where: string
  advice: string
}

const databaseCheck = '(database)'

const adviceFor: Readonly<Record<string, string>> = {
  queue: 'Check the Redis at QUEUE_REDIS_URL: every process needs the same one, with noeviction and appendonly',
  'queue-settings':
    'Set maxmemory-policy noeviction and appendonly yes in the Redis at QUEUE_REDIS_URL; until then it may lose jobs, which the ledger restores',
  'queue-store': 'Check QUEUE_REDIS_URL of each process: all of them need the same Redis',
  processes: 'It was killed or hangs: check its log, and start it again; a process that you removed on purpose is forgotten after 15 minutes',
  nats: 'Check the server at NATS_URL; events and calls to remote ports wait for it',
  clock: 'Synchronise the clocks of this process and of the database by NTP; until then the log has wrong times',
  'queue-clock': 'Synchronise the clocks of this process and of the database by NTP; schedules use the clock of the database',
  clocks: 'Synchronise the clocks of both machines by NTP; km nats-config shows which service has which key',
  'database-room':
    'Free space on the disk of the server at DATABASE_URL (with npm start: the disk of .kilomega/postgres); writes then work again by themselves',
  database: 'Check the server at DATABASE_URL and its disk (with npm start: .kilomega/postgres/log); nothing works without it',
}

/** Asks the API about its own health, its queues and the subscribers to its events. An API that does not answer is a finding too. */
export async function diagnose(connection: Connection): Promise<Finding[]> {
  const looks = [failingProcesses(connection), readLags(connection).then((lags) => lags.flatMap(findingsOf))]
  const [processes, lags] = (await Promise.allSettled(looks)).map((look) =>
    look.status === 'fulfilled' ? look.value : [failureOf(look.reason, connection)],
  ) as [Finding[], Finding[]]
  // Asked last, because the API may return a report that is up to one second old.
  const checks = await failingChecks(connection).catch((error: unknown) => [failureOf(error, connection)])
  // Without its database the API cannot say what is waiting; that is not a second finding.
  const isWithoutDatabase = checks.some(({ where }) => where === databaseCheck)
  const findings = isWithoutDatabase ? checks : [...processes, ...checks, ...lags]
  // Two checks that run into the same unreachable address are one finding.
  return findings.filter(({ what, where }, index) => findings.findIndex((other) => other.what === what && other.where === where) === index)
}

function failureOf(error: unknown, { internal }: Connection): Finding {
  const advice = error instanceof Error ? error.message : String(error)
  if (error instanceof Unreachable) return { what: 'the API does not answer', where: internal.url, advice }
  if (error instanceof Refused && error.answer.status === 403)
    return { what: 'this token may not see queues and outboxes', where: internal.url, advice }
  if (error instanceof Refused && error.answer.status === 404)
    return { what: 'the API has no such route', where: internal.url, advice: `${advice}: is KILOMEGA_INTERNAL_URL that of its internal port?` }
  return { what: 'the API could not be asked', where: internal.url, advice }
}

/** Processes that should run here but have ended, hang or report a problem; the API itself is covered by the other checks. */
async function failingProcesses(connection: Connection): Promise<Finding[]> {
  const { parts } = await readStatus(connection)
  return parts
    .filter(({ name, up }) => !up && name !== 'api' && !name.startsWith('api: '))
    .map(({ name, where, problem = 'is down' }) => ({
      what: `${name} ${problem}`,
      where: where === undefined ? '(check)' : `(${where})`,
      advice:
        where === undefined ? `Look at ${name.split(': ')[1] ?? name}` : 'km down and then km up bring everything back; the log says why it ended',
    }))
}

async function failingChecks({ internal }: Connection): Promise<Finding[]> {
  const { body } = await internal.call({ method: 'GET', path: '/health/ready?details' })
  const { checks = [] } = body as { checks?: Check[] }
  return withoutRepeats(checks.filter(({ up }) => !up)).map(({ name, problem = 'is not well' }) => ({
    what: problem,
    where: `(${name})`,
    advice: adviceOf(name, problem),
  }))
}

const adviceOf = (name: string, problem: string): string =>
  name === 'consumers' || name === 'handlers' ? adviceForSilent(problem) : (adviceFor[name] ?? `Look at ${name}`)
