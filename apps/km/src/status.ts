import type { Connection } from './api/connection.js'
import { type ApiAnswer, HttpClient } from './api/http-client.js'
import { type Check, healthOf } from './shape/process-health.js'
import { readShapeRecord, type ShapeRecord } from './shape/shape-record.js'
import { logOf } from './start/paths.js'
import { readPidFile } from './start/pid-file.js'

export interface StatusPart {
  /** The name of a process as in its pid file; `search: nats` is the check named nats of the process search. */
  name: string
  where?: string
  /** Only for a process on this machine. */
  pid?: number
  up: boolean
  /** Whether the API cannot serve without it. */
  required: boolean
  problem?: string
}

export interface Status {
  ready: boolean
  /** The running tier, if km start or km up started it here. */
  tier?: string
  parts: StatusPart[]
}

/** Asks the API, which checks what it depends on, and every other process that runs here. The system is ready when the API is. */
export async function readStatus({ api, internal }: Connection): Promise<Status> {
  const shape = recordOf(api)
  const [apiParts, ...others] = await Promise.all([partsOfApi(api, internal, shape !== undefined), ...processesBesideApi(shape).map(partsOf)])
  const parts = [...(shape?.servers ?? []).map(partOfServer), ...apiParts, ...others.flat()]
  return { ready: apiParts.every(({ up, required }) => up || !required), ...(shape && { tier: shape.tier }), parts }
}

/** An API at another address is described only by its own report. */
function recordOf({ url }: HttpClient): ShapeRecord | undefined {
  const shape = readShapeRecord()
  return shape?.url === url ? shape : undefined
}

const processesBesideApi = (shape: ShapeRecord | undefined): ShapeRecord['processes'] => shape?.processes.filter(({ name }) => name !== 'api') ?? []

/** Whether it answers is shown by the checks of the processes that use it. */
function partOfServer({ name, port }: ShapeRecord['servers'][number]): StatusPart {
  const about = { name, where: `127.0.0.1:${port}`, required: false }
  const pid = readPidFile(name)?.pid
  return pid === undefined ? { ...about, up: false, problem: ended(name) } : { ...about, pid, up: true }
}

async function partsOfApi(api: HttpClient, internal: HttpClient, isOurs: boolean): Promise<StatusPart[]> {
  const [publicPort, internalPort] = await Promise.all([ask(api, '/health/ready'), ask(internal, '/health/ready?details')])
  const { checks = [] } = (internalPort.answer?.body ?? {}) as { checks?: Check[] }
  const pid = isOurs ? readPidFile('api')?.pid : undefined
  if (isOurs && pid === undefined) return [{ name: 'api', where: api.url, required: true, up: false, problem: ended('api') }]
  return [
    { name: 'api', where: api.url, ...(pid !== undefined && { pid }), required: true, ...publicPort.state },
    { name: 'api: internal port', where: internal.url, required: true, ...reachable(internalPort) },
    ...checks.map((check) => ({ ...check, name: `api: ${check.name}` })),
  ]
}

/** One line for the process, and one for each of its failing checks. */
async function partsOf({ name, internalUrl }: ShapeRecord['processes'][number]): Promise<StatusPart[]> {
  const about = { name, where: internalUrl, required: false }
  const pid = readPidFile(name)?.pid
  if (pid === undefined) return [{ ...about, up: false, problem: ended(name) }]
  const { state, checks } = await healthOf(new HttpClient(internalUrl))
  const serves = state === 'up' || state === 'degraded'
  const failing = checks.filter(({ up }) => !up)
  return [
    { ...about, pid, up: serves, ...(!serves && { problem: state }) },
    ...failing.map((check) => ({ ...check, name: `${name}: ${check.name}`, required: false })),
  ]
}

const ended = (name: string): string => `has ended; its log is ${logOf(name)}`

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

/** A failing dependency is reported by its own check. */
const reachable = ({ answer, state }: Asked): Asked['state'] => (answer === undefined ? state : { up: true })
