import { KnownTokens } from '@kilomega/contracts'
import { DatabaseModule } from '@kilomega/database'
import { Module } from '@nestjs/common'
import { AccountLifecycle } from './account-lifecycle.js'
import { Accounts } from './accounts.js'
import { Attempts } from './attempts.js'
import { Bearers } from './bearers.js'
import { JoseAccessTokens } from './drivers/access-tokens.jose.js'
import { AccessTokens } from './drivers/access-tokens.js'
import { Argon2PasswordHash } from './drivers/password-hash.argon2.js'
import { PasswordHash } from './drivers/password-hash.js'
import { PasswordStrength } from './drivers/password-strength.js'
import { ZxcvbnPasswordStrength } from './drivers/password-strength.zxcvbn.js'
import { EndedSessions } from './ended-sessions.js'
import { GuessLimit } from './guess-limit.js'
import { HashedPasswords } from './hashed-passwords.js'
import { IdentityJobs } from './identity.jobs.js'
import { IdentityService } from './identity.service.js'
import { OneTimeTokens } from './one-time-tokens.js'
import { Operator } from './operator.js'
import { PasswordResets } from './password-resets.js'
import { Passwords } from './passwords.js'
import { RefreshTokens } from './refresh-tokens.js'
import { Registrations } from './registrations.js'
import { RemovableAccounts } from './removable-accounts.js'
import { SessionEnding } from './session-ending.js'
import { Sessions } from './sessions.js'
import { Account } from './tables/account.entity.js'
import { Attempt } from './tables/attempt.entity.js'
import { EndedSession } from './tables/ended-session.entity.js'
import { PasswordReset } from './tables/password-reset.entity.js'
import { Registration } from './tables/registration.entity.js'
import { Session } from './tables/session.entity.js'
import { TokenSeal } from './token-seal.js'

const entities = [Account, Attempt, EndedSession, PasswordReset, Registration, Session]
const drivers = [
  { provide: PasswordHash, useClass: Argon2PasswordHash },
  { provide: PasswordStrength, useClass: ZxcvbnPasswordStrength },
  { provide: AccessTokens, useClass: JoseAccessTokens },
]
const tokens = [
  TokenSeal,
  OneTimeTokens,
  RefreshTokens,
  Bearers,
  { provide: KnownTokens, useExisting: Bearers },
  EndedSessions,
  SessionEnding,
  Operator,
]
const accounts = [
  Accounts,
  AccountLifecycle,
  RemovableAccounts,
  Registrations,
  HashedPasswords,
  Passwords,
  PasswordResets,
  Sessions,
  Attempts,
  GuessLimit,
]

@Module({
  imports: [DatabaseModule.forSchema('identity', entities)],
  providers: [...drivers, ...tokens, ...accounts, IdentityJobs, IdentityService],
})
export class IdentityModule {}
