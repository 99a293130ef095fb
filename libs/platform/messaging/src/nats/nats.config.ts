import { type ConfigProblem, config, givenSecret, listField, numberField } from '@kilomega/config'
import { z } from 'zod'

const publicKey = /^U[A-Z2-7]{55}$/

/** The connection of a process to NATS, and its identity there. Without `NATS_URL` none of it is used. */
export abstract class NatsConfig extends config('NATS', {
  url: listField()
    .default([])
    .describe('Servers of one NATS cluster, separated by commas, as in nats://nats:4222 or tls://nats:4222; none: everything runs in the process'),
  seed: givenSecret(z.string().regex(/^SU[A-Z2-7]{56}$/, 'is not the seed of an nkey user'))
    .optional()
    .describe('The nkey of this process, by which NATS and other processes know it; km nats-config makes one for each service'),
  trustedKeys: listField()
    .refine((keys) => keys.every((key) => publicKey.test(key)), 'are not all public nkeys of users')
    .default([])
    .describe('Public nkeys, separated by commas, whose word for who the end user is is believed; always that of this process too'),
  caFile: z.string().optional().describe('Certificate of the authority that signed those of the servers; makes connections use TLS'),
  certFile: z.string().optional().describe('Certificate that this process shows, where servers ask for one'),
  keyFile: z.string().optional().describe('Key of that certificate'),
  dedupeWindowMs: numberField({ min: 100, max: 3_600_000 })
    .default(120_000)
    .describe('How long the stream recognises an event that it is given twice, milliseconds; beyond that the inboxes of subscribers do'),
  streamReplicas: numberField({ min: 1, max: 5 }).default(1).describe('Copies of the stream of domain events; 3 in a cluster of three servers'),
}) {}

/** Problems that involve more than one field. */
export function problemsOfNats({ url, seed, certFile, keyFile }: NatsConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if (url.length > 0 && seed === undefined) problems.push({ variable: 'NATS_SEED', message: 'is needed with NATS_URL; km nats-config makes one' })
  if ((certFile === undefined) !== (keyFile === undefined))
    problems.push({ variable: 'NATS_CERT_FILE', message: 'and NATS_KEY_FILE are needed together' })
  return problems
}
