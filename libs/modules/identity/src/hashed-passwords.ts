import { ProductConfig } from '@kilomega/config'
import { identityErrors } from '@kilomega/contracts'
import { Injectable } from '@nestjs/common'
import { PasswordHash } from './drivers/password-hash.js'
import { PasswordStrength } from './drivers/password-strength.js'

/** The owner of a password. */
export interface Owner {
  email: string
  name: string
}

/** Shorter words are too common to point to the owner; in characters. */
const shortest = 3

/** Stores passwords as hashes, and only those that are hard to guess. The contract checks the length; no mix of characters is required (ASVS 6.2.5). */
@Injectable()
export class HashedPasswords {
  constructor(
    private readonly strength: PasswordStrength,
    private readonly hash: PasswordHash,
    private readonly product: ProductConfig,
  ) {}

  /** Hashes a newly chosen password. Throws `WEAK_PASSWORD` if it is easy to guess, above all for someone who knows the owner. */
  async make(password: string, owner: Owner): Promise<string> {
    if (this.strength.isWeak(password, wordsOf([this.product.name, owner.name, owner.email]))) throw identityErrors.WEAK_PASSWORD()
    return this.hash.hash(password)
  }

  /** See `PasswordHash`. */
  verify(hash: string | null, password: string): Promise<boolean> {
    return this.hash.verify(hash, password)
  }
}

/** Each whole text, its parts, and the parts joined without separators. */
function wordsOf(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => {
    const parts = text.split(/[^\p{L}\p{M}\p{N}]+/u)
    return [text, ...parts, parts.join('')]
  })
  return [...new Set(words)].filter((word) => word.length >= shortest)
}
