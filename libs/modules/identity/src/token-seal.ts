import { createHmac, timingSafeEqual } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { IdentityConfig } from './identity.config.js'

export type Purpose = 'verify' | 'reset' | 'refresh'

/**
 * Makes tokens that only we can have made: an id and an HMAC-SHA256 over it. A table then needs the id alone, nobody who reads the table can make
 * a token of it, and a forged one is refused without a look at the database.
 */
@Injectable()
export class TokenSeal {
  constructor(private readonly config: IdentityConfig) {}

  seal(purpose: Purpose, id: string): string {
    return `${id}.${this.mac(purpose, id)}`
  }

  /** 256 bits that only we can make of a text, another value for each purpose. */
  mac(purpose: Purpose | 'next-refresh', text: string): string {
    return createHmac('sha256', this.config.sealKey.reveal()).update(`${purpose} ${text}`).digest('base64url')
  }

  /** The id in a token; nothing where it was not made here for this purpose. */
  open(purpose: Purpose, token: string): string | undefined {
    const id = token.slice(0, Math.max(0, token.lastIndexOf('.')))
    return equal(this.seal(purpose, id), token) ? id : undefined
  }
}

function equal(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}
