import { IdentityPort, Me, Registration } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import type { z } from 'zod'

/** Creates accounts without a mail. Only operators may: on the internal port, with an admin's token. */
@Routes('Creating accounts, for admins')
export class NewAccountsController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    method: 'POST',
    path: '/accounts',
    access: 'admin',
    summary: 'Creates an account whose address counts as confirmed',
    budget: { queries: 4, bytes: 1_000 },
    listeners: ['internal'],
    body: Registration,
    status: 201,
    answer: Me,
    errors: ['EMAIL_TAKEN', 'WEAK_PASSWORD'],
  })
  create(@Body() account: z.output<typeof Registration>) {
    return this.identity.create(account)
  }
}
