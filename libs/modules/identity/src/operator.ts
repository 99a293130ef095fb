import { hash, timingSafeEqual } from 'node:crypto'
import { normalEmail, type Principal } from '@kilomega/contracts'
import { Database } from '@kilomega/database'
import { CurrentCall, runCall, system } from '@kilomega/ports'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { IdentityConfig } from './identity.config.js'

/** Takes the place of a session id, because the operator has no session; real ids are longer. */
export const operatorSession = 'operator'

const ensure = `
  INSERT INTO identity.account (email, name, role, created_at) VALUES ($1, 'Operator', 'admin', now())
  ON CONFLICT (email) DO UPDATE SET role = 'admin', disabled_at = NULL
  RETURNING id`

/** The operator runs the system: an admin who signs in only with a token from the configuration. */
@Injectable()
export class Operator implements OnApplicationBootstrap {
  private readonly tokenDigest: Buffer | undefined
  private principal: Principal | undefined

  constructor(
    private readonly config: IdentityConfig,
    private readonly database: Database,
  ) {
    if (config.operatorToken !== undefined) this.tokenDigest = hash('sha256', config.operatorToken.reveal(), 'buffer')
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.tokenDigest === undefined) return
    const call = new CurrentCall({ actor: system, trace: { requestId: 'identity-start' } })
    const email = normalEmail(this.config.operatorEmail)
    const [account] = await runCall(call, () => this.database.write((transaction) => transaction.query<{ id: string }>(ensure, [email])))
    this.principal = Object.freeze({ id: account!.id, role: 'admin', sessionId: operatorSession })
  }

  /** Whether this is the operator's account. */
  owns(accountId: string): boolean {
    return this.principal?.id === accountId
  }

  /** The operator, if this is the operator's token. Compares digests, so that the time reveals neither the token's length nor its first characters. */
  recognise(token: string): Principal | undefined {
    if (this.tokenDigest === undefined) return undefined
    return timingSafeEqual(this.tokenDigest, hash('sha256', token, 'buffer')) ? this.principal : undefined
  }
}
