import { hash, randomBytes } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { TokenSeal } from './token-seal.js'

interface RefreshToken {
  token: string
  hash: Buffer
}

/** What a refresh token that is presented says. */
export interface UsedToken {
  sessionId: string
  hash: Buffer
}

/**
 * A refresh token is a sealed session id and 256 bits: random ones at the log-in, and from then on derived from the previous token with the seal's key. So a
 * repeated refresh gets the same next token, which no table contains. A session stores the hash of its one valid token; the seal distinguishes our other tokens,
 * which were used before, from forged ones. So a used token is recognised forever without a table of used tokens, and a forged one ends no session.
 */
@Injectable()
export class RefreshTokens {
  constructor(private readonly seal: TokenSeal) {}

  first(sessionId: string): RefreshToken {
    return this.make(sessionId, randomBytes(32).toString('base64url'))
  }

  /** The token that follows a used one: always the same. */
  next(sessionId: string, used: string): RefreshToken {
    return this.make(sessionId, this.seal.mac('next-refresh', used))
  }

  /** The contents of a token; undefined if it is not ours. */
  read(token: string): UsedToken | undefined {
    const [sessionId] = this.seal.open('refresh', token)?.split('.') ?? []
    return sessionId === undefined ? undefined : { sessionId, hash: hashOf(token) }
  }

  private make(sessionId: string, bits: string): RefreshToken {
    const token = this.seal.seal('refresh', `${sessionId}.${bits}`)
    return { token, hash: hashOf(token) }
  }
}

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')
