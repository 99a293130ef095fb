import { Email, IdentityPort, ManagedAccount } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const Address = z.object({ email: Email })
const common = { method: 'POST', access: 'admin', listeners: ['internal'], body: Address } as const
const removing = ['NOT_FOUND', 'LAST_ADMIN', 'OPERATOR_ACCOUNT']

/** Operators' actions on accounts, like promoting admins: on the internal port, and with the token of an admin. */
@Routes('Demoting, disabling and deleting accounts')
export class AccountStatesController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    ...common,
    path: '/accounts/demotions',
    summary: 'Makes an admin a user again',
    budget: { queries: 6, bytes: 1_000 },
    answer: ManagedAccount,
    errors: removing,
  })
  demote(@Body() account: z.output<typeof Address>) {
    return this.identity.demote(account)
  }

  @Route({
    ...common,
    path: '/accounts/disablements',
    summary: 'Disables an account: ends its sessions and refuses log-ins',
    budget: { queries: 7, bytes: 1_000 },
    answer: ManagedAccount,
    errors: removing,
  })
  disable(@Body() account: z.output<typeof Address>) {
    return this.identity.disable(account)
  }

  @Route({
    ...common,
    path: '/accounts/enablements',
    summary: 'Enables an account, so that its owner can sign in again',
    budget: { queries: 4, bytes: 1_000 },
    answer: ManagedAccount,
    errors: ['NOT_FOUND'],
  })
  enable(@Body() account: z.output<typeof Address>) {
    return this.identity.enable(account)
  }

  @Route({
    ...common,
    path: '/accounts/deletions',
    summary: 'Deletes an account permanently, and soon after everything that belongs to it',
    budget: { queries: 6, bytes: 0 },
    status: 204,
    errors: removing,
  })
  delete(@Body() account: z.output<typeof Address>) {
    return this.identity.delete(account)
  }
}
