import { hash, randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { TokenSeal } from './token-seal.js'

/**
 * Sealed session id and 256 random bits. A session keeps the hash of the one that is good; the seal tells every other one of ours, which was used
 * before, from what somebody made up. So a used token is recognised for ever without a table of them, and an invented one ends nobody's session.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly seal: TokenSeal) {}

  make(sessionId: string): { token: string; hash: Buffer } {
    const token = this.seal.seal('refresh', `${sessionId}.${randomBytes(32).toString('base64url')}`)
    return { token, hash: hashOf(token) }
  }

  /** What a token of ours says; nothing where it is not ours. */
  read(token: string): { sessionId: string; hash: Buffer } | undefined {
    const [sessionId] = this.seal.open('refresh', token)?.split('.') ?? []
    return sessionId === undefined ? undefined : { sessionId, hash: hashOf(token) }
  }
}

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')
