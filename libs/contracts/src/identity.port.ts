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
/** The address and network of whoever tries: failures are counted per account and network (/24 or /64). */
export const Attempt = Credentials.extend({ network: z.string().max(64) })

export const Session = z.object({
  accessToken: z.string(),
  expiresInS: z.int(),
  refreshToken: z.string(),
  refreshExpiresInS: z.int(),
})
export type Session = z.infer<typeof Session>

/** A name that is there already, whatever may be called one today. */
const KnownName = z.string().min(1).max(100)

export const Me = z.object({ id: Id, email: Email, name: KnownName, role: z.enum(['user', 'admin']), createdAt: Time }).meta({ title: 'Me' })
export type Me = z.infer<typeof Me>

export const Principal = z.object({ id: Id, role: z.enum(['user', 'admin']), sessionId: z.string() })
export type Principal = z.infer<typeof Principal>

/**
 * The tokens that this process knows by heart: those that it has verified itself, where identity is one of its modules. Whoever asks for each request
 * asks here before he asks the port, which costs ten times as much; it says the same, or nothing. Absent where identity answers from elsewhere.
 */
export abstract class KnownTokens {
  /** Who bears it, where that is certain at once; nothing where the port has to say: the token is new or too old, or its session is over or may be. */
  abstract principalOf(token: string): Principal | undefined
}

export const PublicKeys = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(100) }).meta({ title: 'PublicKeys' })

/**
 * Accounts, sessions and who somebody is. Answers never tell whether an address is known; the mail to it does. What takes a password, a token or the
 * address of a stranger, or gives tokens, is never repeated by programs: no receipt may keep anything of it.
 */
export abstract class IdentityPort extends port('identity', {
  register: command({
    access: 'anyone',
    input: Registration,
    timeoutMs: 3_000,
    summary: 'Opens an account; a mail to the address goes on from there',
    repeat: 'never',
  }),
  verify: command({
    access: 'anyone',
    input: z.object({ token: OneTimeToken }),
    timeoutMs: 2_000,
    summary: 'Confirms an address by the token in the mail',
    repeat: 'never',
  }),
  requestPasswordReset: command({
    summary: 'Has a mail sent by which the password can be set anew, to addresses that have an account',
    access: 'anyone',
    input: z.object({ email: Email }),
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  completePasswordReset: command({
    summary: 'Sets a new password by the token in the mail, once, and ends all sessions',
    access: 'anyone',
    input: z.object({ token: OneTimeToken, password: Password }),
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  logIn: command({
    summary: 'Opens a session; before an address is confirmed it is refused like a wrong password',
    access: 'anyone',
    input: Attempt,
    output: Session,
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  refresh: command({
    summary: 'Changes a refresh token for new tokens, once: a repeat within 10 s is given the same, a later one ends the whole session',
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
    summary: 'Ends the session of the caller and all that were refreshed from it',
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
  /** Called by the edge for every request with a token: answered from memory once a token was verified. */
  authenticate: query({
    summary: 'Whom an access token stands for; from memory once it was verified, and still refused within a second of its session ending',
    access: 'anyone',
    input: z.object({ token: z.string().max(8_192) }),
    output: Principal,
    timeoutMs: 1_000,
  }),
  publicKeys: query({ access: 'anyone', input: Nothing, output: PublicKeys, timeoutMs: 1_000, summary: 'The JWKS that verifies access tokens' }),
  create: command({
    summary: 'Makes an account with a password, whose address counts as confirmed',
    access: 'admin',
    input: Registration,
    output: Me,
    timeoutMs: 3_000,
    repeat: 'never',
  }),
  promote: command({ access: 'admin', input: z.object({ email: Email }), output: Me, timeoutMs: 1_000, summary: 'Makes an account an admin' }),
  /** For the senders of mail: where to write, and the one-time token, which no event may carry. Absent once it was used or has expired. */
  addressOf: query({
    summary: 'Where to write to somebody; for senders of mail',
    input: z.object({ accountId: Id }),
    output: z.object({ email: Email, name: KnownName }),
    timeoutMs: 1_000,
  }),
  oneTimeToken: query({
    summary: 'The token that a mail is to carry, which no event may; null once it was used or has expired',
    input: z.object({ accountId: Id, purpose: z.enum(['verify', 'reset']) }),
    output: z.object({ token: OneTimeToken.nullable() }),
    timeoutMs: 1_000,
  }),
}) {}

export const identityErrors = errors({
  INVALID_CREDENTIALS: ['unauthenticated', 'The address or the password is wrong'],
  EMAIL_TAKEN: ['conflict', 'An account with this address already exists'],
  INVALID_TOKEN: ['invalid', 'The token is wrong, already used, or expired'],
  WEAK_PASSWORD: ['invalid', 'This password is easy to guess; take several words that do not belong together, without your name or address'],
  TOO_MANY_ATTEMPTS: ['exhausted', 'Too many failed attempts; wait and try again'],
  SESSION_ENDED: ['unauthenticated', 'The session has ended; sign in again'],
})
