import { IdentityPort } from '@kilomega/contracts'
import { Authenticator } from '@kilomega/http'
import type { Actor } from '@kilomega/ports'
import { Injectable } from '@nestjs/common'

/** Bearer tokens are identity's; it answers from memory once a token was verified. */
@Injectable()
export class IdentityAuthenticator extends Authenticator {
  constructor(private readonly identity: IdentityPort) {
    super()
  }

  async authenticate(token: string): Promise<Actor> {
    return { kind: 'user', ...(await this.identity.authenticate({ token })) }
  }
}
