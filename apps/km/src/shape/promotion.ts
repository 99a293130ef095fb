import { setTimeout as sleep } from 'node:timers/promises'
import type { Secret } from '@kilomega/config'
import { followServer, promoteServer, receivedLog } from '@kilomega/database'
import { Failure } from '../failure.js'
import type { LocalDatabase } from '../start/local-database.js'
import { durationText } from '../terminal/duration.js'

export interface PromotionRequest {
  /** The replica to promote; the one with the most of the log by default. */
  server?: string | undefined
  /** Ends the primary as a crash does. Otherwise it is stopped, and its replicas receive all of its log first. */
  kill: boolean
}

/** How long a replica may take to replay what it has received, in milliseconds. */
const replayWithinMs = 30_000
const pollMs = 20

/** Makes a replica the primary: the others follow it, and the server that was the primary is copied again as a replica. `say` gets a line for each step. */
export async function promote(database: LocalDatabase, { server, kill }: PromotionRequest, say: (line: string) => void): Promise<void> {
  const chosen = server ?? (await mostAdvanced(database))
  if (!database.replicaNames.includes(chosen)) throw new Failure(refusal(database, chosen))
  const [former, { port }] = [database.primaryName, database.primary]
  const replica = database.servers.get(chosen)!
  const beganMs = performance.now()
  if (kill) await database.primary.kill()
  await database.stopServer(former)
  say(`${former} is ${kill ? 'killed' : 'stopped'}`)
  try {
    if (!kill) await replayed(chosen, replica.url)
    await promoteServer(replica.url)
  } catch (error) {
    await database.startServer(former, port)
    say(`${chosen} was not promoted: ${former} is started again, and is still the primary`)
    throw error
  }
  database.notePrimary(chosen)
  say(`${chosen} takes writes, ${durationText(performance.now() - beganMs)} after the last ones`)
  const others = database.replicaNames
  for (const name of others) await followServer(database.servers.get(name)!, replica.url)
  if (others.length > 0) say(`${others.join(', ')} ${others.length === 1 ? 'follows' : 'follow'} it`)
  await database.startReplica(former, port)
  say(`${former} is copied again, and is a replica`)
}

/** The one that lost the least if the primary is gone. */
async function mostAdvanced(database: LocalDatabase): Promise<string> {
  const logs = database.replicaNames.map(async (name) => ({ name, ...(await receivedLog(database.servers.get(name)!.url)) }))
  const [first] = (await Promise.all(logs)).sort((a, b) => b.bytes - a.bytes)
  if (first === undefined) throw new Failure(refusal(database, ''))
  return first.name
}

function refusal({ replicaNames, primaryName }: LocalDatabase, chosen: string): string {
  if (replicaNames.length === 0) return 'There is no replica to promote: npx km up 100k starts two'
  if (chosen === primaryName) return `${chosen} is the primary already: promote ${replicaNames.join(' or ')}`
  return `There is no replica ${chosen}: it is one of ${replicaNames.join(', ')}`
}

async function replayed(name: string, replica: Secret): Promise<void> {
  const untilMs = performance.now() + replayWithinMs
  while (!(await receivedLog(replica)).replayed) {
    if (performance.now() > untilMs) throw new Failure(`${name} has not replayed what it received within ${replayWithinMs / 1_000} s`)
    await sleep(pollMs)
  }
}
