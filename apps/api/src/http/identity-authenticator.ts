import { IdentityPort, KnownTokens, type Principal } from '@kilomega/contracts'
import { Authenticator } from '@kilomega/http'
import type { Actor } from '@kilomega/ports'
import { Injectable, type OnModuleInit } from '@nestjs/common'
import { ModuleRef } from '@nestjs/core'

/** Checks bearer tokens: those that the identity module has verified in this process are known here, the others are checked through its port. */
@Injectable()
export class IdentityAuthenticator extends Authenticator implements OnModuleInit {
  private known: KnownTokens | undefined

  constructor(
    private readonly identity: IdentityPort,
    private readonly references: ModuleRef,
  ) {
    super()
  }

  onModuleInit(): void {
    this.known = this.knownHere()
  }

  override recognise(token: string): Actor | undefined {
    const principal = this.known?.principalOf(token)
    return principal && actorOf(principal)
  }

  async authenticate(token: string): Promise<Actor> {
    return actorOf(await this.identity.authenticate({ token }))
  }

  /** Undefined if the identity module runs in another process. */
  private knownHere(): KnownTokens | undefined {
    try {
      return this.references.get(KnownTokens, { strict: false })
    } catch {
      return undefined
    }
  }
}

const actorOf = ({ id, role, sessionId }: Principal): Actor => ({ kind: 'user', id, role, sessionId })
