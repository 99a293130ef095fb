import { Email, IdentityPort, OneTimeToken, Password, Registration } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const Address = z.object({ email: Email }).meta({ title: 'EmailAddress' })
const Token = z.object({ token: OneTimeToken }).meta({ title: 'OneTimeToken' })
const NewPassword = Token.extend({ password: Password }).meta({ title: 'NewPassword' })
const common = { method: 'POST', access: 'anyone', limit: 'credentials' } as const

/** For people who have no account yet or have forgotten their password. The answers are the same for known and unknown addresses. */
@Routes('Opening an account, and resetting its password')
export class AccountsController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    ...common,
    path: '/v1/accounts',
    summary: 'Registers an account; a mail to the address confirms it',
    budget: { queries: 3, bytes: 1_000 },
    body: Registration,
    status: 202,
    answer: Address,
    errors: ['WEAK_PASSWORD'],
  })
  async register(@Body() registration: z.output<typeof Registration>) {
    await this.identity.register(registration)
    return { email: registration.email }
  }

  @Route({
    ...common,
    path: '/v1/accounts/verifications',
    summary: 'Confirms the address',
    budget: { queries: 4, bytes: 0 },
    body: Token,
    status: 204,
    errors: ['INVALID_TOKEN'],
  })
  verify(@Body() token: z.output<typeof Token>) {
    return this.identity.verify(token)
  }

  @Route({
    ...common,
    path: '/v1/password-resets',
    summary: 'Requests a mail for resetting the password',
    budget: { queries: 3, bytes: 1_000 },
    body: Address,
    status: 202,
    answer: Address,
  })
  async requestPasswordReset(@Body() { email }: z.output<typeof Address>) {
    await this.identity.requestPasswordReset({ email })
    return { email }
  }

  @Route({
    ...common,
    path: '/v1/password-resets/completions',
    summary: 'Sets a new password and ends all sessions',
    budget: { queries: 10, bytes: 0 },
    body: NewPassword,
    status: 204,
    errors: ['INVALID_TOKEN', 'WEAK_PASSWORD'],
  })
  completePasswordReset(@Body() completion: z.output<typeof NewPassword>) {
    return this.identity.completePasswordReset(completion)
  }
}
