import { identityErrors, IdentityPort, OneTimeToken, Password } from '@kilomega/contracts'
import { Body, problemBody, Query, Reply, Route, Routes } from '@kilomega/http'
import { AppError } from '@kilomega/ports'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { confirmed, confirmForm, passwordForm, passwordSaved, resetPage, verifyPage } from './account-pages.js'

const Link = z.object({ token: z.string().default('') })
const NewPassword = Link.extend({ password: z.string().default(''), repeated: z.string().default('') })
type NewPassword = z.output<typeof NewPassword>

/** What a mail asks for, until the team has a front end. To open a page changes nothing: programs that look for viruses open all links. */
@Routes('Pages to which links in mails lead')
export class AccountPagesController {
  constructor(private readonly identity: IdentityPort) {}

  @Route({ method: 'GET', path: '/verify', access: 'anyone', summary: 'Asks to confirm an address', page: verifyPage, query: Link })
  askToVerify(@Query() { token }: z.output<typeof Link>) {
    return confirmForm(whole(token))
  }

  @Route({ method: 'POST', path: '/verify', access: 'anyone', summary: 'Confirms it', page: verifyPage, body: Link, limit: 'credentials' })
  async verify(@Body() { token }: z.output<typeof Link>) {
    await this.identity.verify({ token: whole(token) })
    return confirmed()
  }

  @Route({ method: 'GET', path: '/reset', access: 'anyone', summary: 'Asks for a new password', page: resetPage, query: Link })
  askForPassword(@Query() { token }: z.output<typeof Link>) {
    return passwordForm(whole(token))
  }

  @Route({ method: 'POST', path: '/reset', access: 'anyone', summary: 'Sets it', page: resetPage, body: NewPassword, limit: 'credentials' })
  async reset(@Body() { token, password, repeated }: NewPassword, @Reply() reply: FastifyReply) {
    const refused = faultOf(password, repeated) ?? (await this.refusalOf({ token: whole(token), password }))
    if (refused === undefined) return passwordSaved()
    reply.status(400)
    return passwordForm(whole(token), refused)
  }

  /** Why the password is not taken, in words; the link stays good. */
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

/** A token that cannot be one is not asked for: a part of the link is missing. */
function whole(token: string): string {
  if (!OneTimeToken.safeParse(token).success) throw identityErrors.INVALID_TOKEN()
  return token
}

function faultOf(password: string, repeated: string): string | undefined {
  if (!Password.safeParse(password).success) return 'The password needs 8 to 256 characters.'
  return password === repeated ? undefined : 'The two passwords are not the same. Type the new one twice.'
}
