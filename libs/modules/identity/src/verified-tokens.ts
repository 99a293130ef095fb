import type { VerifiedToken } from './drivers/access-tokens.js'

interface Remembered {
  verified: VerifiedToken
  /** How many tokens had been remembered when this one was last moved to the end. */
  movedAt: number
}

/** The tokens that were verified lately, by their text. A Map keeps the order of insertion, which makes it an LRU. */
export class VerifiedTokens {
  private readonly tokens = new Map<string, Remembered>()
  private count = 0

  constructor(private readonly limit: number) {}

  get(text: string, nowMs: number): VerifiedToken | undefined {
    const remembered = this.tokens.get(text)
    if (remembered === undefined) return undefined
    if (remembered.verified.untilMs <= nowMs) {
      this.tokens.delete(text)
      return undefined
    }
    // Only what has come half of the way to the door is moved back: moving a token at each use costs five times as much as finding it.
    if (this.count - remembered.movedAt >= this.limit / 2) this.keep(text, remembered)
    return remembered.verified
  }

  put(text: string, verified: VerifiedToken): void {
    this.count += 1
    this.keep(text, { verified, movedAt: 0 })
    if (this.tokens.size > this.limit) this.tokens.delete(this.tokens.keys().next().value!)
  }

  private keep(text: string, remembered: Remembered): void {
    this.tokens.delete(text)
    remembered.movedAt = this.count
    this.tokens.set(text, remembered)
  }
}
