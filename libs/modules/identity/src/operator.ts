import { hash, timingSafeEqual } from 'node:crypto'
import { normalEmail, type Principal } from '@kilomega/contracts'
import { Database, type Transaction } from '@kilomega/database'
import { CurrentCall, originOf, runCall, system } from '@kilomega/ports'
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { IdentityConfig } from './identity.config.js'
import { Account } from './tables/account.entity.js'

/** Takes the place of a session id, because the operator has no session; real ids are longer. */
export const operatorSession = 'operator'

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
    const call = new CurrentCall({ actor: system, trace: { requestId: 'identity-start' }, origin: originOf('task identity.start') })
    const email = normalEmail(this.config.operatorEmail)
    const id = await runCall(call, () => this.database.write((transaction) => ensureAccount(transaction, email)))
    this.principal = Object.freeze({ id, role: 'admin', sessionId: operatorSession })
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

/** One statement, because processes may start at the same moment. */
async function ensureAccount({ manager }: Transaction, email: string): Promise<string> {
  const operator = { email, name: 'Operator', role: 'admin', createdAt: () => 'now()', disabledAt: null } as const
  const inserting = manager.createQueryBuilder().insert().into(Account).values(operator)
  const { raw } = await inserting.orUpdate(['role', 'disabled_at'], ['email']).returning('id').execute()
  return (raw as [{ id: string }])[0].id
}
