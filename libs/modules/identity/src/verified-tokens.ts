import type { VerifiedToken } from './drivers/access-tokens.js'

/** Characters of the signature by which a token is looked up: a Map reads a new key twice in full, and a token has 400 characters. */
const tailLength = 40

interface Remembered {
  text: string
  verified: VerifiedToken
  /** How many tokens had been added when this one was last moved to the end. */
  movedAt: number
}

/** Recently verified tokens, by their text. A Map keeps the order of insertion, which makes it an LRU cache. */
export class VerifiedTokens {
  private readonly tokens = new Map<string, Remembered>()
  private count = 0

  constructor(private readonly limit: number) {}

  get(text: string, nowMs: number): VerifiedToken | undefined {
    const remembered = this.tokens.get(tailOf(text))
    if (remembered?.text !== text) return undefined
    const { fromMs, untilMs } = remembered.verified
    if (untilMs <= nowMs || nowMs < fromMs) {
      this.tokens.delete(tailOf(text))
      return undefined
    }
    // Moved back only when it is halfway to eviction: moving a token at each use costs five times as much as finding it.
    if (this.count - remembered.movedAt >= this.limit / 2) this.keep(remembered)
    return remembered.verified
  }

  put(text: string, verified: VerifiedToken): void {
    this.count += 1
    this.keep({ text, verified, movedAt: 0 })
    if (this.tokens.size > this.limit) this.tokens.delete(this.tokens.keys().next().value!)
  }

  private keep(remembered: Remembered): void {
    const tail = tailOf(remembered.text)
    this.tokens.delete(tail)
    remembered.movedAt = this.count
    this.tokens.set(tail, remembered)
  }
}

const tailOf = (text: string): string => text.slice(-tailLength)
