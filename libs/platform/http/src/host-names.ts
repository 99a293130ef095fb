import { isIP } from 'node:net'
import type { HttpConfig } from './http.config.js'

const everywhere = new Set(['0.0.0.0', '::'])
const loopback = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|::1)$/

/**
 * The names under which the internal port may be asked. A page can make its own name lead to this machine; the browser then still says that name in
 * Host, and so it learns nothing.
 */
export class HostNames {
  private readonly known: ReadonlySet<string>
  private readonly anyAddress: boolean

  constructor({ internalHost, internalNames }: HttpConfig) {
    this.known = new Set([internalHost, ...internalNames].map((name) => name.toLowerCase()))
    this.anyAddress = everywhere.has(internalHost)
  }

  /** Whether a Host header names us; with a port or without. */
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
