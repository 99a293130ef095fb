import { IdentityPort, Me, Registration } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import type { z } from 'zod'

/** Making accounts without a mail is an operator's work: on the internal port, and with the token of an admin. */
@Routes('Making accounts')
export class NewAccountsController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    method: 'POST',
    path: '/accounts',
    access: 'admin',
    summary: 'Makes an account whose address counts as confirmed',
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
