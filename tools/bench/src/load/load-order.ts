import type { Percentiles } from '../statistics.js'

/** What to request from which server, and for how long. */
export interface LoadOrder {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string
  durationMs: number
  connections: number
  /** Requests per second, at fixed times whether or not earlier ones have been answered; if omitted, each connection sends the next as soon as it has an answer. */
  perSecond?: number
}

/** Latencies count from when a request was due. */
export interface LoadReport extends Percentiles {
  requests: number
  seconds: number
}

export function requestBytes({ url, method = 'GET', headers = {}, body = '' }: LoadOrder): Buffer {
  const { pathname, search, host } = new URL(url)
  const all = { host, ...headers, ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}
