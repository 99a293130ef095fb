import { identityErrors } from '@kilomega/contracts'
import { Clock } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { after, lifetimesS } from './lifetimes.js'
import { TokenSeal } from './token-seal.js'

export type OneTimePurpose = 'verify' | 'reset'

const lifetimeS = { verify: lifetimesS.registration, reset: lifetimesS.passwordReset }

/**
 * The tokens in mails. None is stored: a token is the sealed id of a row, made anew whenever the sender of the mail asks for it, and it is used
 * up when that row is deleted.
 */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly clock: Clock,
    private readonly seal: TokenSeal,
  ) {}

  make(purpose: OneTimePurpose, rowId: string): string {
    return this.seal.seal(purpose, rowId)
  }

  /** The id of the row that a token is about, if the token is ours; that row may be gone, or past its time. */
  read(purpose: OneTimePurpose, token: string): { id: string; now: Date } {
    const id = this.seal.open(purpose, token)
    if (id === undefined) throw identityErrors.INVALID_TOKEN()
    return { id, now: this.clock.now() }
  }

  expiry(purpose: OneTimePurpose): Date {
    return after(this.clock.now(), lifetimeS[purpose])
  }
}
