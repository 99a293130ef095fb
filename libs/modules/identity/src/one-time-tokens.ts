import { identityErrors } from '@kilomega/contracts'
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import type { Repository } from 'typeorm'
import { inFuture } from './database-time.js'
import { PasswordReset } from './tables/password-reset.entity.js'
import { Registration } from './tables/registration.entity.js'
import { TokenSeal } from './token-seal.js'

export type OneTimePurpose = 'verify' | 'reset'

/**
 * The tokens in mails. None is stored: a token is the sealed id of a row, made again whenever the sender of the mail asks for it, and it is used
 * up when that row is deleted.
 */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly seal: TokenSeal,
    @InjectRepository(Registration) private readonly registrations: Repository<Registration>,
    @InjectRepository(PasswordReset) private readonly resets: Repository<PasswordReset>,
  ) {}

  /** The token in the newest mail to an account; null once it was used or has expired. A registration has the id of the account that it becomes. */
  async newest(purpose: OneTimePurpose, accountId: string): Promise<string | null> {
    const row =
      purpose === 'verify'
        ? await this.registrations.findOneBy({ id: accountId, expiresAt: inFuture })
        : await this.resets.findOne({ where: { accountId, expiresAt: inFuture }, order: { id: 'DESC' } })
    return row === null ? null : this.seal.seal(purpose, row.id)
  }

  /** The id of the row behind a token of ours. The row may be gone or expired. Throws `INVALID_TOKEN` if the token is not ours. */
  read(purpose: OneTimePurpose, token: string): string {
    const id = this.seal.open(purpose, token)
    if (id === undefined) throw identityErrors.INVALID_TOKEN()
    return id
  }
}
