import { lookup as resolve, type LookupAddress } from 'node:dns'
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { AppError } from '@kilomega/ports'
import { egressErrors } from './egress-errors.js'
import { isPublicAddress } from './public-address.js'

export interface EgressRequest {
  url: string
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** In milliseconds, for the request and all its redirects; 10 s by default. */
  timeoutMs?: number
  /** 10 MB by default. */
  maxBytes?: number
  signal?: AbortSignal
}

export interface EgressAnswer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

/** What may be called. A caller that needs more than https to the open internet says so when it creates the client. */
export interface EgressRules {
  /** Also allows `http:` on port 80. */
  http?: boolean
  isAllowed?: (address: string) => boolean
  ports?: readonly number[]
}

const maxRedirects = 3
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * The only way to call URLs chosen by others: pictures, webhooks, sign-in providers. A name is resolved once, every address is checked, and the connection
 * goes to exactly those addresses, so that a second DNS answer cannot lead inside. Redirects of a GET are followed up to 3 times, each checked like the first
 * URL. Refuses with `URL_NOT_ALLOWED` before anything is sent. Errors never contain the body of the other side.
 */
export class Egress {
  private readonly rules: Required<EgressRules>

  constructor({ http = false, isAllowed = isPublicAddress, ports = http ? [80, 443] : [443] }: EgressRules = {}) {
    this.rules = { http, isAllowed, ports }
  }

  async send(request: EgressRequest): Promise<EgressAnswer> {
    const { timeoutMs = 10_000, signal } = request
    const deadline = AbortSignal.timeout(timeoutMs)
    const until = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    try {
      return await this.follow(request, until)
    } catch (error) {
      throw error instanceof AppError ? error : egressErrors.URL_UNAVAILABLE(undefined, error)
    }
  }

  private async follow(request: EgressRequest, until: AbortSignal): Promise<EgressAnswer> {
    const { method = 'GET' } = request
    let url = this.checked(request.url)
    for (let followed = 0; ; followed += 1) {
      const answer = await exchange(url, { ...request, method }, { until, lookup: lookupWithin(this.rules) })
      const { location } = answer.headers
      if (!redirects.has(answer.status) || location === undefined || (method !== 'GET' && method !== 'HEAD')) return answer
      if (followed === maxRedirects) throw egressErrors.URL_NOT_ALLOWED()
      url = this.checked(new URL(location, url).href)
    }
  }

  /** `URL` normalises a host as connections will see it: 2130706433, 0x7f.1 and full-width digits have become 127.0.0.1 here. */
  private checked(text: string): URL {
    const url = URL.parse(text)
    const { http, ports, isAllowed } = this.rules
    const protocols = http ? ['https:', 'http:'] : ['https:']
    if (url === null || !protocols.includes(url.protocol) || url.username !== '' || url.password !== '') throw egressErrors.URL_NOT_ALLOWED()
    if (!ports.includes(Number(url.port || (url.protocol === 'https:' ? 443 : 80)))) throw egressErrors.URL_NOT_ALLOWED()
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) !== 0 && !isAllowed(host)) throw egressErrors.URL_NOT_ALLOWED()
    return url
  }
}

/** Resolves for the connection itself, so the checked addresses are those that are connected to. One internal address is enough to refuse the name. */
function lookupWithin({ isAllowed }: Required<EgressRules>): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return done(error, '')
      if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address))) return done(egressErrors.URL_NOT_ALLOWED(), '')
      if (options.all) return done(null, addresses)
      done(null, addresses[0]!.address, addresses[0]!.family)
    })
  }
}

interface Exchange {
  until: AbortSignal
  lookup: LookupFunction
}

/** Uses a new connection: a reused one could lead to an address that another client was allowed. */
function exchange(
  url: URL,
  { method, headers = {}, body, maxBytes = 10_000_000 }: EgressRequest,
  { until, lookup }: Exchange,
): Promise<EgressAnswer> {
  const options: RequestOptions = { method, headers: headersOf(headers), signal: until, lookup, agent: false }
  return new Promise((answered, failed) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options)
    request.on('error', failed).on('response', (response) => {
      read(response, maxBytes).then(
        (bytes) => answered({ status: response.statusCode!, headers: response.headers, body: bytes }),
        (error: unknown) => {
          request.destroy()
          failed(error as Error)
        },
      )
    })
    request.end(body)
  })
}

const headersOf = (headers: Readonly<Record<string, string>>): OutgoingHttpHeaders => ({
  'user-agent': 'kilomega',
  'accept-encoding': 'identity',
  ...headers,
})

async function read(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw egressErrors.URL_ANSWER_TOO_LARGE()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
