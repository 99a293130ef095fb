import type { Connection } from './api/connection.js'
import { type ApiAnswer, HttpClient } from './api/http-client.js'
import { type Check, healthOf } from './shape/process-health.js'
import { readShapeRecord, type ShapeRecord } from './shape/shape-record.js'
import { readPidFile } from './start/pid-file.js'

export interface StatusPart {
  name: string
  where?: string
  /** Of a process of this machine. */
  pid?: number
  up: boolean
  /** Whether the API can serve at all without it. */
  required: boolean
  problem?: string
}

export interface Status {
  ready: boolean
  /** The tier that runs, where km up started it. */
  tier?: string
  parts: StatusPart[]
}

/** Asks the API, which asks what it depends on, and every other process that runs here. It is ready when the API is. */
export async function readStatus({ api, internal }: Connection): Promise<Status> {
  const shape = readShapeRecord()
  const [apiParts, ...others] = await Promise.all([partsOfApi(api, internal), ...besideApi(shape).map(partsOf)])
  const parts = [...apiParts, ...others.flat()]
  return { ready: apiParts.every(({ up, required }) => up || !required), ...(shape && { tier: shape.tier }), parts }
}

const besideApi = (shape: ShapeRecord | undefined): ShapeRecord['processes'] => shape?.processes.filter(({ name }) => name !== 'api') ?? []

async function partsOfApi(api: HttpClient, internal: HttpClient): Promise<StatusPart[]> {
  const [publicPort, internalPort] = await Promise.all([ask(api, '/health/ready'), ask(internal, '/health/ready?details')])
  const { checks = [] } = (internalPort.answer?.body ?? {}) as { checks?: Check[] }
  const process = readPidFile('api')
  return [
    { name: nameOf('API', process?.pid), where: api.url, ...(process && { pid: process.pid }), required: true, ...publicPort.state },
    { name: 'internal port', where: internal.url, required: true, ...reachable(internalPort) },
    ...checks,
  ]
}

/** One line for the process, and one for each of its checks that is not well. */
async function partsOf({ name, internalUrl }: ShapeRecord['processes'][number]): Promise<StatusPart[]> {
  const pid = readPidFile(name)?.pid
  const about = { name: nameOf(name, pid), where: internalUrl, ...(pid !== undefined && { pid }), required: false }
  if (pid === undefined) return [{ ...about, up: false, problem: `has ended; its log is .kilomega/logs/${name}.log` }]
  const { state, checks } = await healthOf(new HttpClient(internalUrl))
  const serves = state === 'up' || state === 'degraded'
  const failing = checks.filter(({ up }) => !up)
  return [
    { ...about, up: serves, ...(!serves && { problem: state }) },
    ...failing.map((check) => ({ ...check, name: `${name}: ${check.name}`, required: false })),
  ]
}

const nameOf = (name: string, pid: number | undefined): string => (pid === undefined ? name : `${name} (process ${pid})`)

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
