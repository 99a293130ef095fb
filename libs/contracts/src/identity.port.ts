import { command, errors, port, query } from '@kilomega/ports'
import { z } from 'zod'
import { Email } from './email.js'
import { Id, Name, Nothing, Time } from './values.js'

/** At least 8 characters, all of which count; what is easy to guess is refused (`WEAK_PASSWORD`). */
export const Password = z.string().min(8).max(256).meta({ example: 'correct horse battery staple' })
export const PersonName = Name.max(100).meta({ example: 'Ada Lovelace' })
export const OneTimeToken = z.string().min(20).max(200)

export const Registration = z.object({ email: Email, password: Password, name: PersonName }).meta({ title: 'Registration' })
export const Credentials = z
  .object({ email: Email, password: z.string().min(1).max(256).meta({ example: 'correct horse battery staple' }) })
  .meta({ title: 'Credentials' })
/** The address and network of the login attempt: failures are counted per account and network (/24 or /64). */
export const Attempt = Credentials.extend({ network: z.string().max(64) })

export const Session = z.object({
  accessToken: z.string(),
  expiresInS: z.int(),
  refreshToken: z.string(),
  refreshExpiresInS: z.int(),
})
export type Session = z.infer<typeof Session>

/** The name of an existing account, whatever rules apply to new names today. */
const KnownName = z.string().min(1).max(100)

export const Me = z.object({ id: Id, email: Email, name: KnownName, role: z.enum(['user', 'admin']), createdAt: Time }).meta({ title: 'Me' })
export type Me = z.infer<typeof Me>

/** An account as whoever administers accounts sees it. */
export const ManagedAccount = Me.extend({
  /** Since when it is disabled; null where it is not. */
  disabledAt: Time.nullable(),
}).meta({ title: 'ManagedAccount' })
export type ManagedAccount = z.infer<typeof ManagedAccount>

const ByAddress = z.object({ email: Email })

export const Principal = z.object({ id: Id, role: z.enum(['user', 'admin']), sessionId: z.string() })
export type Principal = z.infer<typeof Principal>

/**
 * The tokens that this process has in memory: those it has verified itself, if identity is one of its modules. Code that checks a token on every request asks
 * here before it calls the port, which costs ten times as much. The answer is the same as the port's, or none. Not provided if identity runs in another
 * process.
 */
export abstract class KnownTokens {
  /** The principal of a token, if it is certain at once; undefined if the port must decide: the token is new or too old, or its session has ended or may have. */
  abstract principalOf(token: string): Principal | undefined
}

export const PublicKeys = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(100) }).meta({ title: 'PublicKeys' })

/**
 * Accounts, sessions and the identity of callers. Answers never reveal whether an address is known; only the mail sent to it does. Operations that take a
 * password, a token or the address of a stranger, or return tokens, are never repeated by programs: no receipt may store anything of them.
 */
export abstract class IdentityPort extends port('identity', {
  register: command({
    access: 'anyone',
    input: Registration,
    timeoutMs: 3_000,
    summary: 'Opens an account; a mail to the address explains the next step',
    repeat: 'never',
  }),
  verify: command({
    access: 'anyone',
    input: z.object({ token: OneTimeToken }),
    timeoutMs: 2_000,
    summary: 'Confirms an address with the token from the mail',
    repeat: 'never',
  }),
  requestPasswordReset: command({
    summary: 'Sends a mail for setting a new password, if the address has an account',
    access: 'anyone',
    input: z.object({ email: Email }),
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  completePasswordReset: command({
    summary: 'Sets a new password with the token from the mail, once, and ends all sessions',
    access: 'anyone',
    input: z.object({ token: OneTimeToken, password: Password }),
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  logIn: command({
    summary: 'Opens a session; until the address is confirmed, it is refused like a wrong password',
    access: 'anyone',
    input: Attempt,
    output: Session,
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  refresh: command({
    summary: 'Exchanges a refresh token for new tokens, once: a repeat within 10 s returns the same tokens, a later one ends the whole session',
    access: 'anyone',
    input: z.object({ refreshToken: OneTimeToken }),
    output: Session,
    timeoutMs: 2_000,
    repeat: 'never',
  }),
  logOut: command({
    access: 'user',
    input: Nothing,
    timeoutMs: 2_000,
    summary: 'Ends the session of the caller and all sessions refreshed from it',
  }),
  me: query({ summary: 'Who the caller is', access: 'user', input: Nothing, output: Me, timeoutMs: 1_000 }),
  rename: command({ summary: 'Changes the name of the caller', access: 'user', input: z.object({ name: PersonName }), output: Me, timeoutMs: 1_000 }),
  changePassword: command({
    access: 'user',
    input: z.object({ currentPassword: z.string().min(1).max(256), newPassword: Password }),
    timeoutMs: 3_000,
    summary: 'Sets a new password and ends the other sessions',
    repeat: 'never',
  }),
  /** Called by the edge for every request with a token: answered from memory once a token has been verified. */
  authenticate: query({
    summary: 'The principal of an access token; from memory once it has been verified, and refused at most a second after its session has ended',
    access: 'anyone',
    input: z.object({ token: z.string().max(8_192) }),
    output: Principal,
    freshness: 'primary',
    timeoutMs: 1_000,
  }),
  publicKeys: query({ access: 'anyone', input: Nothing, output: PublicKeys, timeoutMs: 1_000, summary: 'The JWKS that verifies access tokens' }),
  create: command({
    summary: 'Creates an account with a password; its address counts as confirmed',
    access: 'admin',
    input: Registration,
    output: Me,
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  promote: command({ access: 'admin', input: ByAddress, output: Me, timeoutMs: 1_000, summary: 'Makes an account an admin' }),
  demote: command({
    summary: 'Makes an admin a user again, and ends the sessions of one who was an admin',
    access: 'admin',
    input: ByAddress,
    output: ManagedAccount,
    timeoutMs: 2_000,
  }),
  /** What the account has published stays. */
  disable: command({
    summary: 'Ends the sessions of an account and lets nobody sign in to it until it is enabled',
    access: 'admin',
    input: ByAddress,
    output: ManagedAccount,
    timeoutMs: 2_000,
  }),
  enable: command({
    summary: 'Lets the owner of a disabled account sign in again, with the password as before',
    access: 'admin',
    input: ByAddress,
    output: ManagedAccount,
    timeoutMs: 2_000,
  }),
  delete: command({
    summary: 'Deletes an account for good; what other modules hold of it goes soon after',
    access: 'admin',
    input: ByAddress,
    timeoutMs: 3_000,
  }),
  deleteMe: command({
    summary: 'Deletes the account of the caller, who proves it by the password; what other modules hold of it goes soon after',
    access: 'user',
    input: z.object({ password: z.string().min(1).max(256) }),
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  /** For senders of mail: the address and the one-time token, which no event may carry. The token is null once it was used or has expired. */
  addressOf: query({
    summary: 'The mail address and name of an account; for senders of mail',
    input: z.object({ accountId: Id }),
    output: z.object({ email: Email, name: KnownName }),
    timeoutMs: 1_000,
  }),
  oneTimeToken: query({
    summary: 'The token for a mail, which no event may carry; null once it was used or has expired',
    input: z.object({ accountId: Id, purpose: z.enum(['verify', 'reset']) }),
    output: z.object({ token: OneTimeToken.nullable() }),
    freshness: 'primary',
    timeoutMs: 1_000,
  }),
}) {}

export const identityErrors = errors({
  INVALID_CREDENTIALS: ['unauthenticated', 'The address or the password is wrong'],
  EMAIL_TAKEN: ['conflict', 'An account with this address already exists'],
  INVALID_TOKEN: ['invalid', 'The token is wrong, already used, or expired'],
  WEAK_PASSWORD: ['invalid', 'This password is easy to guess; take several words that do not belong together, without your name or address'],
  TOO_MANY_ATTEMPTS: ['exhausted', 'Too many failed attempts; wait and try again'],
  LAST_ADMIN: ['conflict', 'An admin cannot take away the last admin; the operator can'],
  OPERATOR_ACCOUNT: ['conflict', 'The account of the operator follows the configuration'],
  SESSION_ENDED: ['unauthenticated', 'The session has ended; sign in again'],
})
