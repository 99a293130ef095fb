import type { VerifiedToken } from './drivers/access-tokens.js'

/** The tokens that were verified lately, by their digest. A Map keeps the order of insertion, which makes it an LRU. */
export class VerifiedTokens {
  private readonly tokens = new Map<string, VerifiedToken>()

  constructor(private readonly limit: number) {}

  get(digest: string, nowMs: number): VerifiedToken | undefined {
    const token = this.tokens.get(digest)
    if (token === undefined) return undefined
    this.tokens.delete(digest)
    if (token.untilMs <= nowMs) return undefined
    this.tokens.set(digest, token)
    return token
  }

  put(digest: string, token: VerifiedToken): void {
    this.tokens.set(digest, token)
    if (this.tokens.size > this.limit) this.tokens.delete(this.tokens.keys().next().value!)
  }
}
