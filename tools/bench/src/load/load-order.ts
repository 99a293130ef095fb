import type { Percentiles } from '../statistics.js'

/** What to ask of whom, for how long. */
export interface LoadOrder {
  url: string
  method?: string
  headers?: Record<string, string>
  body?: string
  durationMs: number
  connections: number
  /** Requests a second, at fixed times whether or not the ones before are answered; without it each connection asks as soon as it was answered. */
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
