import { IdentityPort, Me, Password, PersonName } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const Renaming = z.object({ name: PersonName }).meta({ title: 'Renaming' })
const CurrentPassword = z.string().min(1).max(256).meta({ example: 'correct horse battery staple' })
const Deletion = z.object({ password: CurrentPassword }).meta({ title: 'AccountDeletion' })
const PasswordChange = z.object({
  currentPassword: CurrentPassword,
  newPassword: Password,
})

@Routes('The account of the caller')
export class MeController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({ method: 'GET', path: '/v1/me', access: 'user', summary: 'My account', budget: { queries: 1, bytes: 1_000 }, answer: Me })
  me() {
    return this.identity.me({})
  }

  @Route({
    method: 'PATCH',
    path: '/v1/me',
    access: 'user',
    summary: 'Changes my name',
    budget: { queries: 4, bytes: 1_000 },
    body: Renaming,
    answer: Me,
  })
  rename(@Body() renaming: z.output<typeof Renaming>) {
    return this.identity.rename(renaming)
  }

  @Route({
    method: 'PUT',
    path: '/v1/me/password',
    access: 'user',
    summary: 'Sets a new password and ends the other sessions',
    budget: { queries: 11, bytes: 0 },
    body: PasswordChange,
    status: 204,
    limit: 'credentials',
    errors: ['INVALID_CREDENTIALS', 'WEAK_PASSWORD', 'TOO_MANY_ATTEMPTS'],
  })
  changePassword(@Body() change: z.output<typeof PasswordChange>) {
    return this.identity.changePassword(change)
  }

  /** Other modules remove their data of the account soon after, when they handle the event. */
  @Route({
    method: 'DELETE',
    path: '/v1/me',
    access: 'user',
    summary: 'Deletes my account permanently, with its posts, pictures, notices and events',
    budget: { queries: 11, bytes: 0 },
    body: Deletion,
    status: 204,
    limit: 'credentials',
    errors: ['INVALID_CREDENTIALS', 'TOO_MANY_ATTEMPTS', 'LAST_ADMIN', 'OPERATOR_ACCOUNT'],
  })
  deleteMe(@Body() deletion: z.output<typeof Deletion>) {
    return this.identity.deleteMe(deletion)
  }
}
