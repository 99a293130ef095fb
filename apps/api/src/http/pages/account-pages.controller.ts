import { identityErrors, IdentityPort, OneTimeToken, Password } from '@kilomega/contracts'
import { Body, problemBody, Query, Reply, Route, Routes } from '@kilomega/http'
import { AppError } from '@kilomega/ports'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { confirmed, confirmForm, passwordForm, passwordSaved, resetPage, verifyPage } from './account-pages.js'

const Link = z.object({ token: z.string().default('') })
const NewPassword = Link.extend({ password: z.string().default(''), repeated: z.string().default('') })
type NewPassword = z.output<typeof NewPassword>

/** Pages for links in mails, until the team has a front end. Opening a page changes nothing, because virus scanners open all links. */
@Routes('Pages for links in mails')
export class AccountPagesController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({
    method: 'GET',
    path: '/verify',
    access: 'anyone',
    summary: 'Page to confirm an address',
    budget: { queries: 0, bytes: 2_700 },
    page: verifyPage,
    query: Link,
  })
  askToVerify(@Query() { token }: z.output<typeof Link>) {
    return confirmForm(checked(token))
  }

  @Route({
    method: 'POST',
    path: '/verify',
    access: 'anyone',
    summary: 'Confirms an address',
    budget: { queries: 4, bytes: 2_400 },
    page: verifyPage,
    body: Link,
    limit: 'credentials',
  })
  async verify(@Body() { token }: z.output<typeof Link>) {
    await this.identity.verify({ token: checked(token) })
    return confirmed()
  }

  @Route({
    method: 'GET',
    path: '/reset',
    access: 'anyone',
    summary: 'Page to choose a new password',
    budget: { queries: 0, bytes: 3_300 },
    page: resetPage,
    query: Link,
  })
  askForPassword(@Query() { token }: z.output<typeof Link>) {
    return passwordForm(checked(token))
  }

  @Route({
    method: 'POST',
    path: '/reset',
    access: 'anyone',
    summary: 'Sets a new password',
    budget: { queries: 10, bytes: 2_500 },
    page: resetPage,
    body: NewPassword,
    limit: 'credentials',
  })
  async reset(@Body() { token, password, repeated }: NewPassword, @Reply() reply: FastifyReply) {
    const refused = problemWith(password, repeated) ?? (await this.refusalOf({ token: checked(token), password }))
    if (refused === undefined) return passwordSaved()
    reply.status(400)
    return passwordForm(checked(token), refused)
  }

  /** Why the password is refused, as text for the user; undefined if it was set. After a refusal the link still works. */
  private async refusalOf(completion: { token: string; password: string }): Promise<string | undefined> {
    try {
      await this.identity.completePasswordReset(completion)
      return undefined
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'WEAK_PASSWORD') throw error
      const { title, detail = title } = problemBody(error, '')
      return `${detail.replace(/\.$/, '')}. Choose another one.`
    }
  }
}

/** Refuses text that cannot be a token, because a part of the link is missing. */
function checked(token: string): string {
  if (!OneTimeToken.safeParse(token).success) throw identityErrors.INVALID_TOKEN()
  return token
}

function problemWith(password: string, repeated: string): string | undefined {
  if (!Password.safeParse(password).success) return 'The password needs 8 to 256 characters.'
  return password === repeated ? undefined : 'The two passwords are not the same. Type the new one twice.'
}
