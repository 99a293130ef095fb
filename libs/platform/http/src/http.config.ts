import { config, listField, numberField, portField, secret } from '@kilomega/config'
import { z } from 'zod'

export abstract class HttpConfig extends config('HTTP', {
  host: z.string().default('0.0.0.0').describe('Address on which the public port listens'),
  port: portField().default(3000).describe('The public port; 0 takes a free one'),
  internalHost: z.string().default('127.0.0.1').describe('Address on which the internal port listens: never one that the world can reach'),
  internalNames: listField()
    .default([])
    .describe('Names under which the internal port is asked besides those of this machine: of a service in a cluster, say; separated by commas'),
  internalPort: portField().default(3001).describe('The internal port (metrics, details of health, captured mail); 0 takes a free one'),
  publicUrl: z
    .url()
    .default('http://localhost:3000')
    .describe('Where people reach the public port: links in mails begin with it; https turns HSTS on'),
  cursorSecret: secret().describe('Signs the cursors of lists; a new one makes old cursors invalid'),
  trustedHops: numberField({ min: 0, max: 10 }).default(0).describe('Proxies in front whose X-Forwarded-For is believed; 0 believes nobody'),
  corsOrigins: listField().default([]).describe('Origins whose pages may call, exactly as a browser sends them, separated by commas'),
  preStopMs: numberField({ min: 0, max: 60_000 })
    .default(0)
    .describe('How long to go on accepting after readiness fails, milliseconds: what the load balancer needs to notice'),
  budgetMs: numberField({ min: 100, max: 600_000 }).default(15_000).describe('What one request may take, milliseconds; uploads have 5 minutes'),
  stallMs: numberField({ min: 100, max: 600_000 })
    .default(20_000)
    .describe('How long a client may take nothing of an answer, or send too little of an upload, before its connection is cut, milliseconds'),
  idempotencyLeaseMs: numberField({ min: 1_000, max: 30_000 })
    .default(30_000)
    .describe(
      'How long an Idempotency-Key belongs to the request that came with it first; when its process has died, a repeat is done after that, milliseconds',
    ),
  idempotencyKeepHours: numberField({ min: 24, max: 720 })
    .default(48)
    .describe('How long answers are kept for repeats with their Idempotency-Key, hours'),
  logEvery: numberField({ min: 1, max: 1_000_000 }).default(100).describe('One in so many requests is logged; slow and failed ones always'),
  slowMs: numberField({ min: 1, max: 600_000 }).default(1_000).describe('A request is slow from here, milliseconds'),
  limitPerMinute: numberField({ min: 1, max: 100_000_000 })
    .default(60_000)
    .describe('Requests a minute of one account, or of one address without a token'),
  credentialLimitPerMinute: numberField({ min: 1, max: 100_000_000 })
    .default(300)
    .describe('Requests a minute of one address to the routes that take a password, an address or a one-time token'),
}) {}
