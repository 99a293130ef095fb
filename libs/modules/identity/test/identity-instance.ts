import type { IdentityPort, KnownTokens, Principal, Session } from '@kilomega/contracts'
import type { Database } from '@kilomega/database'
import { type Actor, anonymous, CurrentCall, runCall, system } from '@kilomega/ports'
import type { NewJob } from '@kilomega/queue'
import type { FakeClock, MetricsRecorder, SignalsRecorder } from '@kilomega/testing'
import type { IdentityJobs } from '../src/identity.jobs.js'

interface InstanceParts {
  clock: FakeClock
  metrics: MetricsRecorder
  signals: SignalsRecorder
  jobs: IdentityJobs
  known: KnownTokens
  held: NewJob[]
  database: Database
  close: () => Promise<void>
}

export const password = 'correct horse battery staple'

const makeOlder = [
  ...['session', 'ended_session', 'registration', 'password_reset', 'attempt'].map(
    (table) => 'UPDATE identity.' + table + " SET expires_at = expires_at - $1 * interval '1 ms'",
  ),
  "UPDATE identity.session SET refreshed_at = refreshed_at - $1 * interval '1 ms'",
  "UPDATE identity.attempt SET made_at = ARRAY(SELECT made - $1 * interval '1 ms' FROM unnest(made_at) AS made ORDER BY made)",
  "UPDATE identity.attempt SET begun_at = ARRAY(SELECT begun - $1 * interval '1 ms' FROM unnest(begun_at) AS begun ORDER BY begun)",
]

/** One process with the identity module, and the steps that many tests share. */
export class IdentityInstance {
  constructor(
    private readonly identity: IdentityPort,
    readonly parts: InstanceParts,
  ) {}

  as<T>(actor: Actor | Principal, work: (identity: IdentityPort) => T): T {
    const caller: Actor = 'kind' in actor ? actor : { kind: 'user', ...actor }
    return runCall(new CurrentCall({ actor: caller, trace: { requestId: 'test' } }), () => work(this.identity))
  }

  asAnyone<T>(work: (identity: IdentityPort) => T): T {
    return this.as(anonymous, work)
  }

  logIn(email: string, given = password, network = '192.0.2.0/24'): Promise<Session> {
    return this.asAnyone((identity) => identity.logIn({ email, password: given, network }))
  }

  authenticate({ accessToken }: Session): Promise<Principal> {
    return this.asAnyone((identity) => identity.authenticate({ token: accessToken }))
  }

  refresh({ refreshToken }: Session): Promise<Session> {
    return this.asAnyone((identity) => identity.refresh({ refreshToken }))
  }

  /** Registers an address and confirms it by the token of its mail; returns the account's id. */
  async signUp(email: string, given = password): Promise<string> {
    await this.asAnyone((identity) => identity.register({ email, password: given, name: 'Ada' }))
    const accountId = await this.lastPublished('identity.account-registered')
    const token = await this.tokenFor(accountId, 'verify')
    await this.asAnyone((identity) => identity.verify({ token }))
    return accountId
  }

  /** The token in the mail to this account. */
  async tokenFor(accountId: string, purpose: 'verify' | 'reset'): Promise<string> {
    const { token } = await this.as(system, (identity) => identity.oneTimeToken({ accountId, purpose }))
    if (token === null) throw new Error(`there is nothing to ${purpose}`)
    return token
  }

  /** Runs the jobs that were enqueued so far. */
  async runJobs(): Promise<void> {
    for (const { payload } of this.parts.held.splice(0)) await this.parts.jobs.offerPasswordReset(payload as { resetId: string })
  }

  /** The accounts for which an event was published, oldest first. */
  async published(event: string): Promise<string[]> {
    const rows = await this.parts.database.read((queryable) =>
      queryable.query<{ accountId: string }>(`SELECT payload->>'accountId' AS "accountId" FROM identity.outbox WHERE name = $1 ORDER BY id`, [event]),
    )
    return rows.map(({ accountId }) => accountId)
  }

  async lastPublished(event: string): Promise<string> {
    return (await this.published(event)).at(-1)!
  }

  /** Makes all rows older by this much, or, if it is negative, as if a clock that was ahead by this much had written them. */
  async timePasses(ms: number): Promise<void> {
    await this.parts.database.write(async (transaction) => {
      for (const statement of makeOlder) await transaction.query(statement, [ms])
    })
  }

  /** Runs of the password hash so far. */
  hashRuns(): Promise<number> {
    return this.parts.metrics.read('identity_password_hash_runs_total')
  }

  close(): Promise<void> {
    return this.parts.close()
  }
}
