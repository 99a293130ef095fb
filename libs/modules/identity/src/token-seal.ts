import { createHmac, timingSafeEqual } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { IdentityConfig } from './identity.config.js'

export type Purpose = 'verify' | 'reset' | 'refresh'

/**
 * Makes tokens that nobody else can make: an id and an HMAC-SHA256 over it. So a table needs only the id, nobody who reads the table can make a token of it,
 * and a forged one is refused without a query.
 */
@Injectable()
export class TokenSeal {
  constructor(private readonly config: IdentityConfig) {}

  seal(purpose: Purpose, id: string): string {
    return `${id}.${this.mac(purpose, id)}`
  }

  /** Derives 256 bits from a text with our key, different for each purpose. */
  mac(purpose: Purpose | 'next-refresh', text: string): string {
    return createHmac('sha256', this.config.sealKey.reveal()).update(`${purpose} ${text}`).digest('base64url')
  }

  /** The id in a token; undefined if the token was not made here for this purpose. */
  open(purpose: Purpose, token: string): string | undefined {
    const id = token.slice(0, Math.max(0, token.lastIndexOf('.')))
    return equal(this.seal(purpose, id), token) ? id : undefined
  }
}

function equal(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
