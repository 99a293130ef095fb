import { isIP } from 'node:net'
import type { HttpConfig } from './http.config.js'

const everywhere = new Set(['0.0.0.0', '::'])
const loopback = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|::1)$/

/**
 * The host names to which the internal port answers. A web page can make its own domain resolve to this machine (DNS rebinding); the browser then still sends
 * that domain in Host, so the request is refused.
 */
export class HostNames {
  private readonly known: ReadonlySet<string>
  private readonly anyAddress: boolean

  constructor({ internalHost, internalNames }: HttpConfig) {
    this.known = new Set([internalHost, ...internalNames].map((name) => name.toLowerCase()))
    this.anyAddress = everywhere.has(internalHost)
  }

  /** Whether a Host header names us, with or without a port. */
  include(host: string | undefined): boolean {
    const name = nameIn(host ?? '')
    return loopback.test(name) || this.known.has(name) || (this.anyAddress && isIP(name) !== 0)
  }
}

const nameIn = (host: string): string =>
  host
    .toLowerCase()
    .replace(/:\d{0,5}$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
