import { ProductConfig } from '@kilomega/config'
import { IdentityPort } from '@kilomega/contracts'
import { implement } from '@kilomega/messaging'
import { IdentityConfig } from './identity.config.js'
import { IdentityJobs } from './identity.jobs.js'
import { IdentityModule } from './identity.module.js'
import { IdentityService } from './identity.service.js'
import { Account } from './tables/account.entity.js'
import { Attempt } from './tables/attempt.entity.js'
import { EndedSession } from './tables/ended-session.entity.js'
import { createAccounts } from './tables/migrations/202611240100-create-accounts.js'
import { createSessions } from './tables/migrations/202611240101-create-sessions.js'
import { createAttempts } from './tables/migrations/202611240102-create-attempts.js'
import { noteGuessesInFlight } from './tables/migrations/202611290200-note-guesses-in-flight.js'
import { noteWhenSessionsAreRefreshed } from './tables/migrations/202611291200-note-when-sessions-are-refreshed.js'
import { disableAccounts } from './tables/migrations/202611291300-disable-accounts.js'
import { PasswordReset } from './tables/password-reset.entity.js'
import { Registration } from './tables/registration.entity.js'
import { Session } from './tables/session.entity.js'

export const implementation = implement(IdentityPort, {
  module: IdentityModule,
  service: IdentityService,
  config: [IdentityConfig, ProductConfig],
  entities: [Account, Attempt, EndedSession, PasswordReset, Registration, Session],
  migrations: [createAccounts, createSessions, createAttempts, noteGuessesInFlight, noteWhenSessionsAreRefreshed, disableAccounts],
  jobs: [IdentityJobs],
})
