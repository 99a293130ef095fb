import type { Lag } from '../commands/read-lags.js'
import { durationText } from '../terminal/duration.js'
import type { Finding } from './diagnose.js'

/** In milliseconds. Anything older is not just waiting for its turn. */
const oldMs = 300_000

/** The problems of one subscriber or kind of job, each with the command that fixes it. */
export function findingsOf({ subscriber, dead, backlog, oldestMs }: Lag): Finding[] {
  const findings: Finding[] = []
  if (dead > 0) findings.push({ what: `${dead} dead letters`, where: `of ${subscriber}`, advice: adviceForDead(subscriber) })
  if (backlog > 0 && oldestMs > oldMs)
    findings.push({
      what: `oldest is ${durationText(oldestMs)} old`,
      where: `of ${backlog} that wait for ${subscriber}`,
      advice: `${adviceForOld(subscriber)}; ${removalOf(subscriber)} if no process handles it any more`,
    })
  return findings
}

/** The command that removes a name that no process has any more. */
export const removalOf = (subscriber: string): string =>
  jobIn(subscriber) === undefined ? `km outbox subscribers remove ${subscriber}` : `km queue kinds remove ${jobIn(subscriber)}`

const jobIn = (subscriber: string): string | undefined => (subscriber.startsWith('queue:') ? subscriber.slice('queue:'.length) : undefined)

function adviceForDead(subscriber: string): string {
  const job = jobIn(subscriber)
  const [group, name] = job === undefined ? ['outbox', subscriber] : ['queue', job]
  return `km ${group} show ${name} says why; km ${group} retry ${name} retries them; km ${group} discard ${name} deletes them`
}

function adviceForOld(subscriber: string): string {
  const job = jobIn(subscriber)
  if (job === undefined) return 'The subscriber fails or is not running: see the log of its process'
  return `km queue list shows whether ${job} is paused; more workers make it faster`
}
