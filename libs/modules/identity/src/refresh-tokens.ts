import { hash, randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { TokenSeal } from './token-seal.js'

interface RefreshToken {
  token: string
  hash: Buffer
}

/**
 * Sealed session id and 256 bits: random ones at the log-in, and from then on what only the seal's key can make of the token before. So whoever repeats a
 * refresh is given the same next token, which no table holds. A session keeps the hash of the one that is good; the seal tells every other one of ours, which was used
 * before, from what somebody made up. So a used token is recognised for ever without a table of them, and an invented one ends nobody's session.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly seal: TokenSeal) {}

  first(sessionId: string): RefreshToken {
    return this.make(sessionId, randomBytes(32).toString('base64url'))
  }

  /** The one that follows a used one: always the same. */
  next(sessionId: string, used: string): RefreshToken {
    return this.make(sessionId, this.seal.mac('next-refresh', used))
  }

  /** What a token of ours says; nothing where it is not ours. */
  read(token: string): { sessionId: string; hash: Buffer } | undefined {
    const [sessionId] = this.seal.open('refresh', token)?.split('.') ?? []
    return sessionId === undefined ? undefined : { sessionId, hash: hashOf(token) }
  }

  private make(sessionId: string, bits: string): RefreshToken {
    const token = this.seal.seal('refresh', `${sessionId}.${bits}`)
    return { token, hash: hashOf(token) }
  }
}

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')
