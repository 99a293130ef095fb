import { config, numberField, secret } from '@kilomega/config'
import { Email } from '@kilomega/contracts'
import { z } from 'zod'
import { isPublicKeys, newSigningKey } from './signing-keys.js'

export abstract class IdentityConfig extends config('IDENTITY', {
  issuer: z.string().min(1).default('kilomega').describe('Issuer of access tokens, their `iss`'),
  audience: z.string().min(1).default('kilomega').describe('Audience of access tokens, their `aud`'),
  signingKey: secret(newSigningKey).describe('Ed25519 private key that signs access tokens, PKCS8 in PEM'),
  previousKeys: z
    .string()
    .default('')
    .refine(isPublicKeys, 'must be Ed25519 public keys in PEM, one after the other')
    .describe('Public keys of earlier signing keys, in PEM one after the other: their access tokens stay valid until they expire'),
  sealKey: secret().describe('Key that seals refresh tokens and the tokens in mails; a new key invalidates all earlier tokens'),
  operatorToken: secret().optional().describe('Bearer token of the operator, an admin without a password; if it is not set, there is no operator'),
  operatorEmail: Email.default('operator@localhost.localdomain').describe('Email address of the account that the operator acts as'),
  hashConcurrency: numberField({ min: 1, max: 64 })
    .default(2)
    .describe('Passwords hashed at once, 19 MiB and 20-30 ms of one core each; leave threads of the pool (4 by default) for files and DNS'),
  hashQueue: numberField({ min: 0, max: 10_000 })
    .default(64)
    .describe('Passwords that may wait to be hashed, about 1 s of waiting; more are refused as unavailable'),
}) {}
