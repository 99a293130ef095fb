import { type IdentityPort, normalEmail } from '@kilomega/contracts'
import { currentCall, portErrors } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'
import { Accounts } from './accounts.js'
import { PasswordResets } from './password-resets.js'
import { Passwords } from './passwords.js'
import { Registrations } from './registrations.js'
import { Sessions } from './sessions.js'

type Input<Operation extends keyof IdentityPort> = Parameters<IdentityPort[Operation]>[0]

/** Determines the caller and normalises the address; the five classes below do the work. */
@Injectable()
export class IdentityService implements IdentityPort {
  constructor(
    private readonly accounts: Accounts,
    private readonly registrations: Registrations,
    private readonly passwords: Passwords,
    private readonly resets: PasswordResets,
    private readonly sessions: Sessions,
  ) {}

  register(registration: Input<'register'>) {
    return this.registrations.open({ ...registration, email: normalEmail(registration.email) })
  }

  verify({ token }: Input<'verify'>) {
    return this.registrations.confirm(token)
  }

  requestPasswordReset({ email }: Input<'requestPasswordReset'>) {
    return this.resets.request(normalEmail(email))
  }

  completePasswordReset({ token, password }: Input<'completePasswordReset'>) {
    return this.resets.complete(token, password)
  }

  async logIn(attempt: Input<'logIn'>) {
    const account = await this.passwords.prove({ ...attempt, email: normalEmail(attempt.email) })
    return this.sessions.begin(account)
  }

  refresh({ refreshToken }: Input<'refresh'>) {
    return this.sessions.refresh(refreshToken)
  }

  async logOut() {
    await this.sessions.end(caller().sessionId)
  }

  async me() {
    return this.accounts.get(caller().id)
  }

  async rename({ name }: Input<'rename'>) {
    return this.accounts.rename(caller().id, name)
  }

  async changePassword({ currentPassword, newPassword }: Input<'changePassword'>) {
    await this.passwords.change(caller(), currentPassword, newPassword)
  }

  async authenticate({ token }: Input<'authenticate'>) {
    return this.sessions.authenticate(token)
  }

  async publicKeys() {
    return this.sessions.publicKeys()
  }

  async create(account: Input<'create'>) {
    return this.accounts.get(await this.registrations.create({ ...account, email: normalEmail(account.email) }))
  }

  promote({ email }: Input<'promote'>) {
    return this.accounts.promote(normalEmail(email))
  }

  demote({ email }: Input<'demote'>) {
    return this.accounts.lifecycle.demote(normalEmail(email))
  }

  disable({ email }: Input<'disable'>) {
    return this.accounts.lifecycle.disable(normalEmail(email))
  }

  enable({ email }: Input<'enable'>) {
    return this.accounts.lifecycle.enable(normalEmail(email))
  }

  delete({ email }: Input<'delete'>) {
    return this.accounts.lifecycle.delete(normalEmail(email))
  }

  async deleteMe({ password }: Input<'deleteMe'>) {
    await this.accounts.lifecycle.deleteProved(await this.passwords.proveOwner(caller().id, password))
  }

  addressOf({ accountId }: Input<'addressOf'>) {
    return this.accounts.addressOf(accountId)
  }

  async oneTimeToken({ accountId, purpose }: Input<'oneTimeToken'>) {
    return { token: await this.accounts.oneTimeToken(accountId, purpose) }
  }
}

/** The caller's account and session. The system, which may call everything, has none. */
function caller(): { id: string; sessionId: string } {
  const { actor } = currentCall()
  if (actor.kind !== 'user') throw portErrors.UNAUTHENTICATED()
  return actor
}
