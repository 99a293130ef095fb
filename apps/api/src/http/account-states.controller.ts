import { Email, IdentityPort, ManagedAccount } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const Address = z.object({ email: Email })
const common = { method: 'POST', access: 'admin', listeners: ['internal'], body: Address } as const
const removing = ['NOT_FOUND', 'LAST_ADMIN', 'OPERATOR_ACCOUNT']

/** What an operator does to accounts, like making admins: on the internal port, and with the token of an admin. */
@Routes('Demoting, disabling and deleting accounts')
export class AccountStatesController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({ ...common, path: '/accounts/demotions', summary: 'Makes an admin a user again', answer: ManagedAccount, errors: removing })
  demote(@Body() account: z.output<typeof Address>) {
    return this.identity.demote(account)
  }

  @Route({
    ...common,
    path: '/accounts/disablements',
    summary: 'Ends the sessions of an account and lets nobody sign in to it',
    answer: ManagedAccount,
    errors: removing,
  })
  disable(@Body() account: z.output<typeof Address>) {
    return this.identity.disable(account)
  }

  @Route({
    ...common,
    path: '/accounts/enablements',
    summary: 'Lets the owner of a disabled account sign in again',
    answer: ManagedAccount,
    errors: ['NOT_FOUND'],
  })
  enable(@Body() account: z.output<typeof Address>) {
    return this.identity.enable(account)
  }

  @Route({
    ...common,
    path: '/accounts/deletions',
    summary: 'Deletes an account for good, and soon after all that is its own',
    status: 204,
    errors: removing,
  })
  delete(@Body() account: z.output<typeof Address>) {
    return this.identity.delete(account)
  }
}
