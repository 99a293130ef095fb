import { identityErrors } from '@kilomega/contracts'
import { commonPasswords } from './common-passwords.js'

const common = new Set(commonPasswords.trim().split(/\s+/))

/** Refuses what guessers try first, in whatever case. Length is the contract's; mixes of character classes are not asked for (ASVS 6.2.5). */
export function refuseCommonPassword(password: string): void {
  if (common.has(password.toLowerCase())) throw identityErrors.WEAK_PASSWORD()
}
