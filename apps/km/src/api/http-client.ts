import type { Secret } from '@kilomega/config'
import { Failure } from '../failure.js'

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  token?: Secret | undefined
  json?: unknown
  form?: FormData
  /** 10 s by default. */
  timeoutMs?: number
}

export interface ApiAnswer {
  status: number
  headers: Headers
  /** A parsed value if it was JSON, otherwise bytes. */
  body: unknown
  tookMs: number
}

/** The API could not be reached, or did not answer in time. */
export class Unreachable extends Failure {}

/** The API answered with an error. */
export class Refused extends Failure {
  constructor(
    readonly answer: ApiAnswer,
    message: string,
  ) {
    super(message)
  }
}

/** The only place where the command line calls an API. */
export class HttpClient {
  constructor(readonly url: string) {}

  async call({ method, path, token, json, form, timeoutMs = 10_000 }: ApiRequest): Promise<ApiAnswer> {
    const began = performance.now()
    const headers = new Headers()
    if (token !== undefined) headers.set('authorization', `Bearer ${token.reveal()}`)
    if (json !== undefined) headers.set('content-type', 'application/json')
    const body = json === undefined ? form : JSON.stringify(json)
    try {
      const response = await fetch(new URL(path, this.url), { method, headers, body: body ?? null, signal: AbortSignal.timeout(timeoutMs) })
      const bytes = Buffer.from(await response.arrayBuffer())
      return { status: response.status, headers: response.headers, body: read(response, bytes), tookMs: performance.now() - began }
    } catch (error) {
      throw new Unreachable(`${this.url} cannot be reached (${reasonOf(error)}): is the API running? npm start begins it`)
    }
  }

  /** Like `call`, for callers that can only report a refusal. */
  async require(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.call(request)
    const { method, path, token } = request
    if (answer.status >= 400) throw new Refused(answer, `${method} ${path} was answered with ${problemText(answer)}${adviceOf(answer, token)}`)
    if (request.method === 'GET' && !isObject(answer.body)) throw new Failure(`${this.url} is not Kilomega: ${path} did not return JSON`)
    return answer
  }
}

/** `404 NOT_FOUND: The resource does not exist`. */
export function problemText({ status, body }: ApiAnswer): string {
  const problem = (body ?? {}) as { code?: string; title?: string; detail?: string }
  if (problem.code === undefined) return String(status)
  return `${status} ${problem.code}: ${problem.detail ?? problem.title ?? ''}`
}

const isObject = (body: unknown): boolean => typeof body === 'object' && body !== null && !(body instanceof Uint8Array)

function adviceOf({ status }: ApiAnswer, token: Secret | undefined): string {
  if (token === undefined) return ''
  if (status === 401) return ' The token that was used is not, or no longer, good: see Signing in at the end of km --help'
  if (status === 403) return ' The token that was used is not an admin’s: see Signing in at the end of km --help'
  return ''
}

function read(response: Response, bytes: Buffer): unknown {
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
  return isJson && bytes.length > 0 ? (JSON.parse(bytes.toString('utf8')) as unknown) : bytes
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'no answer in time'
  const { code, message: inner } = (cause ?? {}) as NodeJS.ErrnoException
  return code ?? inner ?? message
}
