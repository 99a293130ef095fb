import { ProductConfig } from '@kilomega/config'
import { identityErrors } from '@kilomega/contracts'
import { Injectable } from '@nestjs/common'
import { PasswordHash } from './drivers/password-hash.js'
import { PasswordStrength } from './drivers/password-strength.js'

/** Whose password it is. */
export interface Owner {
  email: string
  name: string
}

/** What is shorter says nothing of its owner. */
const shortest = 3

/** Passwords as they are kept: as hashes, and of such only as are hard to guess. Length is the contract's; no mix of characters is asked for (ASVS 6.2.5). */
@Injectable()
export class HashedPasswords {
  constructor(
    private readonly strength: PasswordStrength,
    private readonly hash: PasswordHash,
    private readonly product: ProductConfig,
  ) {}

  /** The hash of a password that somebody chose just now. `WEAK_PASSWORD` where it is easy to guess, above all for who knows the owner. */
  async make(password: string, owner: Owner): Promise<string> {
    if (this.strength.isWeak(password, wordsOf([this.product.name, owner.name, owner.email]))) throw identityErrors.WEAK_PASSWORD()
    return this.hash.hash(password)
  }

  /** As `PasswordHash` does. */
  verify(hash: string | null, password: string): Promise<boolean> {
    return this.hash.verify(hash, password)
  }
}

/** Each text whole, its parts, and these without what is between. */
function wordsOf(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => {
    const parts = text.split(/[^\p{L}\p{M}\p{N}]+/u)
    return [text, ...parts, parts.join('')]
  })
  return [...new Set(words)].filter((word) => word.length >= shortest)
}
