import type { Connection } from '../api/connection.js'
import { type Lag, readLags } from '../commands/outbox.command.js'
import type { Check } from '../shape/process-health.js'
import { durationText } from '../terminal/duration.js'

/** Something that is wrong, and what a person can do about it. */
export interface Finding {
  what: string
  where: string
  advice: string
}

/** What is older than this waits for something other than its turn, milliseconds. */
const oldMs = 300_000

const databaseCheck = '(database)'

const adviceFor: Readonly<Record<string, string>> = {
  queue: 'Look at the Redis of QUEUE_REDIS_URL: every process of the system needs the same one, with noeviction and appendonly',
  'queue-settings':
    'Set maxmemory-policy noeviction and appendonly yes in the Redis of QUEUE_REDIS_URL; until then it may lose jobs, which the ledger puts back',
  'queue-store': 'Look at QUEUE_REDIS_URL of each process: all of them need the same Redis',
  clock: 'Set the clock of the host that runs it, and let chrony or ntpd keep it; schedules go by the clock of the database',
  consumers: 'Start the process that has it (km status shows what runs), or set QUEUE_WORKERS=on in one that has its module',
  nats: 'Look at the server of NATS_URL; events and calls of remote ports wait for it',
  clock: 'Have the machines of the process and of the database set their clocks by NTP; until then its log has wrong times',
  database: 'Look at the server of DATABASE_URL and at its disk (of npm start: .kilomega/postgres/log); nothing works without it',
  clocks: 'Set the clocks of both machines by NTP; km nats-config names the service of a key',
}

/** Asks the API what it knows of itself, of its queues and of those who hear its events. An API that does not answer is a finding too. */
export async function diagnose(connection: Connection): Promise<Finding[]> {
  try {
    const failing = await failingChecks(connection)
    // Without its database the API cannot tell what it owes, and that is not another finding.
    if (failing.some(({ where }) => where === databaseCheck)) return failing
    return [...failing, ...(await readLags(connection)).flatMap(findingsOf)]
  } catch (error) {
    return [{ what: 'the API does not answer', where: connection.internal.url, advice: (error as Error).message }]
  }
}

async function failingChecks({ internal }: Connection): Promise<Finding[]> {
  const { body } = await internal.call({ method: 'GET', path: '/health/ready?details' })
  const { checks = [] } = body as { checks?: Check[] }
  return checks
    .filter(({ up }) => !up)
    .map(({ name, problem = 'is not well' }) => ({ what: problem, where: `(${name})`, advice: adviceFor[name] ?? `Look at ${name}` }))
}

function findingsOf({ subscriber, dead, owed, oldestMs }: Lag): Finding[] {
  const [isQueue, job] = [subscriber.startsWith('queue:'), subscriber.slice('queue:'.length)]
  const findings: Finding[] = []
  if (dead > 0) {
    const advice = isQueue
      ? `km queue show ${job} says why; km queue retry ${job} gives them another life`
      : 'km outbox lag shows them; mend the subscriber, then retry'
    findings.push({ what: `${dead} dead letters`, where: `of ${subscriber}`, advice })
  }
  if (owed > 0 && oldestMs > oldMs) {
    const advice = isQueue
      ? `km queue list shows whether ${job} is paused; more workers do it faster`
      : 'The subscriber fails or is away: its process says why in its log'
    findings.push({ what: `oldest is ${durationText(oldestMs)} old`, where: `of ${owed} owed to ${subscriber}`, advice })
  }
  return findings
}
