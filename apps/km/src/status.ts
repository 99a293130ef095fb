import type { Connection } from './api/connection.js'
import type { ApiAnswer, HttpClient } from './api/http-client.js'
import { readPidFile } from './start/pid-file.js'

export interface StatusPart {
  name: string
  where?: string
  up: boolean
  required: boolean
  problem?: string
}

export interface Status {
  ready: boolean
  parts: StatusPart[]
}

interface HealthDetails {
  checks: { name: string; required: boolean; up: boolean; problem?: string }[]
}

/** Asks the API, and it asks what it depends on. */
export async function readStatus({ api, internal }: Connection): Promise<Status> {
  const [publicPort, internalPort] = await Promise.all([ask(api, '/health/ready'), ask(internal, '/health/ready?details')])
  const details = (internalPort.answer?.body ?? {}) as Partial<HealthDetails>
  const process = readPidFile('api')
  const parts: StatusPart[] = [
    { name: process === undefined ? 'API' : `API (process ${process.pid})`, where: api.url, required: true, ...publicPort.state },
    { name: 'internal port', where: internal.url, required: true, ...reachable(internalPort) },
    ...(details.checks ?? []),
  ]
  return { ready: parts.every(({ up, required }) => up || !required), parts }
}

interface Asked {
  answer?: ApiAnswer
  state: { up: boolean; problem?: string }
}

async function ask(client: HttpClient, path: string): Promise<Asked> {
  try {
    const answer = await client.call({ method: 'GET', path, timeoutMs: 3_000 })
    return { answer, state: answer.status === 200 ? { up: true } : { up: false, problem: `not ready (${answer.status})` } }
  } catch (error) {
    return { state: { up: false, problem: (error as Error).message } }
  }
}

/** That something behind it is down is told by its checks. */
const reachable = ({ answer, state }: Asked): Asked['state'] => (answer === undefined ? state : { up: true })
