import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { nothingWritten, onlyPrimary } from '@kilomega/ports'
import { keptS } from './freshness-store.js'
import type { HttpConfig } from './http.config.js'

export const freshnessHeader = 'kilomega-freshness'
/** Bytes of the signature: 128 bits. */
const tagBytes = 16
const longest = 128

/**
 * What a client carries from an answer to a write to its next request, so that it never reads older data: in a header, and in a cookie for browsers. It is
 * signed, because a made-up one would send every read to the primary. One that is not ours is not an error: such a client reads from the primary.
 */
export class FreshnessTokens {
  private readonly secret: KeyObject
  private readonly attributes: string

  constructor({ cursorSecret, publicUrl }: HttpConfig) {
    this.secret = createSecretKey(Buffer.from(cursorSecret.reveal()))
    this.attributes = `Path=/; Max-Age=${keptS}; HttpOnly; SameSite=Lax${publicUrl.startsWith('https:') ? '; Secure' : ''}`
  }

  /** How fresh the data must be that this client reads. */
  read(headers: IncomingHttpHeaders): string {
    const token = tokenIn(headers)
    if (token === undefined) return nothingWritten
    return (typeof token === 'string' && token.length <= longest && this.open(token)) || onlyPrimary
  }

  /** The headers of an answer whose call has written. Browsers are known by the header that all of them send. */
  headersOf(freshness: string, asked: IncomingHttpHeaders): [name: string, value: string][] {
    if (freshness === nothingWritten || freshness === onlyPrimary) return []
    const token = this.sign(freshness)
    const header: [string, string] = [freshnessHeader, token]
    return asked['sec-fetch-mode'] === undefined ? [header] : [header, ['set-cookie', `${freshnessHeader}=${token}; ${this.attributes}`]]
  }

  private open(token: string): string | undefined {
    const freshness = token.slice(0, token.indexOf('.'))
    const [given, right] = [Buffer.from(token), Buffer.from(this.sign(freshness))]
    return given.length === right.length && timingSafeEqual(given, right) ? freshness : undefined
  }

  /** The label keeps these signatures apart from those of cursors, which begin with a bracket. */
  private sign(freshness: string): string {
    const tag = createHmac('sha256', this.secret).update('freshness\0').update(freshness).digest().subarray(0, tagBytes)
    return `${freshness}.${tag.toString('base64url')}`
  }
}

/** Whether a request says itself how fresh its data must be. */
export const carriesFreshness = (headers: IncomingHttpHeaders): boolean => tokenIn(headers) !== undefined

const tokenIn = ({ cookie, [freshnessHeader]: header }: IncomingHttpHeaders): string | string[] | undefined =>
  header ?? (cookie?.includes(freshnessHeader) === true ? cookieIn(cookie) : undefined)

function cookieIn(cookies: string): string | undefined {
  const own = cookies.split('; ').find((cookie) => cookie.startsWith(`${freshnessHeader}=`))
  return own?.slice(freshnessHeader.length + 1)
}
