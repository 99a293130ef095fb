import { Email, IdentityPort, Me } from '@kilomega/contracts'
import { Body, Route, Routes } from '@kilomega/http'
import { z } from 'zod'

const Promotion = z.object({ email: Email })

/** Turns accounts into admins. Only operators may: on the internal port, with the token of an existing admin. */
@Routes('Promoting accounts to admins')
export class PromotionsController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    method: 'POST',
    path: '/accounts/promotions',
    access: 'admin',
    summary: 'Makes an account an admin',
    budget: { queries: 4, bytes: 1_000 },
    listeners: ['internal'],
    body: Promotion,
    answer: Me,
    errors: ['NOT_FOUND'],
  })
  promote(@Body() promotion: z.output<typeof Promotion>) {
    return this.identity.promote(promotion)
  }
}
