import { identityErrors } from '@kilomega/contracts'
import { Injectable } from '@nestjs/common'
import { TokenSeal } from './token-seal.js'

export type OneTimePurpose = 'verify' | 'reset'

/**
 * The tokens in mails. None is stored: a token is the sealed id of a row, made again whenever the sender of the mail asks for it, and it is used
 * up when that row is deleted.
 */
@Injectable()
export class OneTimeTokens {
  constructor(private readonly seal: TokenSeal) {}

  make(purpose: OneTimePurpose, rowId: string): string {
    return this.seal.seal(purpose, rowId)
  }

  /** The id of the row behind a token of ours. The row may be gone or expired. Throws `INVALID_TOKEN` if the token is not ours. */
  read(purpose: OneTimePurpose, token: string): string {
    const id = this.seal.open(purpose, token)
    if (id === undefined) throw identityErrors.INVALID_TOKEN()
    return id
  }
}
