import { config, givenSecret, listField, numberField, portField, secret } from '@kilomega/config'
import { z } from 'zod'

export abstract class HttpConfig extends config('HTTP', {
  host: z.string().default('0.0.0.0').describe('Address on which the public port listens'),
  port: portField().default(3000).describe('The public port; 0 picks a free one'),
  internalHost: z
    .string()
    .default('127.0.0.1')
    .describe('Address on which the internal port listens: never one that can be reached from the internet'),
  internalNames: listField()
    .default([])
    .describe(
      'Host names to which the internal port answers besides those of this machine, for example the name of a service in a cluster; separated by commas',
    ),
  internalPort: portField().default(3001).describe('The internal port (metrics, details of health, captured mail); 0 picks a free one'),
  publicUrl: z
    .url()
    .default('http://localhost:3000')
    .describe('The URL at which people reach the public port: links in mails start with it; https turns HSTS on'),
  cursorSecret: secret().describe('Signs the cursors of lists and the freshness that clients carry; changing it makes old cursors invalid'),
  freshnessRedisUrl: givenSecret(z.url({ protocol: /^rediss?$/ }))
    .optional()
    .describe(
      'With replicas of the database: the Redis in which is kept for a minute how fresh the data must be that an account reads, for clients that send back neither Kilomega-Freshness nor its cookie. It must not evict keys. While it is down such clients read from the primary',
    ),
  trustedHops: numberField({ min: 0, max: 10 }).default(0).describe('Number of proxies in front whose X-Forwarded-For is trusted; with 0 none is'),
  corsOrigins: listField().default([]).describe('Origins whose pages may call the API, exactly as a browser sends them, separated by commas'),
  preStopMs: numberField({ min: 0, max: 60_000 })
    .default(0)
    .describe('How long to go on accepting requests after readiness fails, in milliseconds: the time the load balancer needs to notice'),
  budgetMs: numberField({ min: 100, max: 600_000 })
    .default(15_000)
    .describe('How long one request may take, in milliseconds; uploads have 5 minutes'),
  stallMs: numberField({ min: 100, max: 600_000 })
    .default(20_000)
    .describe('How long a client may read nothing of an answer, or send too little of an upload, before its connection is cut, in milliseconds'),
  idempotencyLeaseMs: numberField({ min: 1_000, max: 30_000 })
    .default(30_000)
    .describe(
      'How long an Idempotency-Key belongs to the first request that used it, in milliseconds; if its process has died, a repeat runs the request again after this time',
    ),
  idempotencyKeepHours: numberField({ min: 24, max: 720 })
    .default(48)
    .describe('How long answers are kept for repeats with their Idempotency-Key, in hours'),
  logEvery: numberField({ min: 1, max: 1_000_000 }).default(100).describe('One in this many requests is logged; slow and failed ones always are'),
  slowMs: numberField({ min: 1, max: 600_000 }).default(1_000).describe('A request is slow from this duration on, in milliseconds'),
  limitPerMinute: numberField({ min: 1, max: 100_000_000 })
    .default(60_000)
    .describe('Requests per minute from one account, or from one address without a token'),
  credentialLimitPerMinute: numberField({ min: 1, max: 100_000_000 })
    .default(300)
    .describe('Requests per minute from one address to the routes that take a password, an address or a one-time token'),
}) {}
