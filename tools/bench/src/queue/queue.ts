import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres } from '@kilomega/database'
import { RedisServer, serverOnPath } from '@kilomega/servers'
import { bench, noWorld, type OpenCase, type SharedWorld } from '../bench.js'
import { callCase } from '../load/call-case.js'

/** A PostgreSQL that waits for the disk, and a Redis configured for a queue. */
async function openServers(): Promise<SharedWorld & { environment: Record<string, string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'kilomega-bench-queue-'))
  const postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), port: 0, durable: true })
  const redis = await RedisServer.start({ folder: join(folder, 'redis'), port: 0 })
  const environment = { DATABASE_URL: postgres.url.reveal(), QUEUE_BACKEND: 'redis', QUEUE_REDIS_URL: redis.url, LOG_LEVEL: 'silent' }
  const close = async (): Promise<void> => {
    await redis.stop()
    await postgres.stop()
    await EmbeddedPostgres.remove(join(folder, 'postgres'))
    await rm(folder, { recursive: true, force: true })
  }
  return { environment, close }
}

/** Each case has its own servers, as each program would: on shared ones the relays and workers of one case would do the jobs of another. */
const open =
  (name: string, more: Record<string, string> = {}, callers = 64) =>
  async (): Promise<OpenCase> => {
    const servers = await openServers()
    const program = { script: join(import.meta.dirname, `${name}.js`), environment: { ...servers.environment, ...more } }
    const one = await callCase(program, { callers, batch: 1 })
    const close = async (): Promise<void> => {
      await one.close()
      await servers.close()
    }
    return { measure: (durationMs) => one.measure(durationMs), close }
  }

/** No worker takes these jobs, so none is ever done; searching for all of them every minute would be extra work that belongs to another case. */
const withoutWorkers = { QUEUE_WORKERS: 'false', QUEUE_REDRIVE_MS: '900000' }

export const queue = bench({
  name: 'queue',
  about: 'A job that does nothing: added and done over Redis; added in Postgres by 64 callers; and 10,000 of them added by one change.',
  unit: 'job',
  roundMs: 3_000,
  warmUpMs: 3_000,
  steady: { case: 'bullmq', metric: 'cpuUs' },
  missing: () => (serverOnPath('redis-server') === undefined ? 'redis-server is not on PATH' : undefined),
  openWorld: noWorld,
  cases: [
    {
      name: 'bullmq',
      role: 'limit',
      about: 'addBulk by 500 and a worker of BullMQ, 10 at once; latency from add to start, one job at a time',
      open: open('bullmq-jobs'),
    },
    {
      name: 'ours',
      role: 'ours',
      about:
        'the same on the platform: payload checked, request, version and deadline carried, each job a separate call, deleted from the ledger when done',
      open: open('our-jobs'),
    },
    { name: 'pg-boss-send', role: 'peer', about: 'send() of pg-boss', open: open('pg-boss-send') },
    {
      name: 'outbox',
      role: 'ours',
      about: 'a transaction that adds a job; no worker takes any',
      open: open('our-outbox', withoutWorkers),
    },
    { name: 'bullmq-each', role: 'peer', about: '10,000 times add() of BullMQ by one caller; the time of all of them', open: open('bullmq-each') },
    {
      name: 'fan-out',
      role: 'ours',
      about: '10,000 jobs added in one transaction; the time of all of them',
      open: open('our-fan-out', withoutWorkers),
    },
  ],
  goals: [
    { id: 'G-e1', what: 'jobs a second of ours / BullMQ', atLeast: 0.8, figure: (results) => results.ratio('ours', 'bullmq', 'perSecond') },
    { id: 'G-e1', what: 'p99 from add to start, ours / BullMQ', atMost: 1.2, figure: (results) => results.ratio('ours', 'bullmq', 'p99Us') },
    {
      id: 'G-e2',
      what: 'jobs added per second, outbox / pg-boss',
      atLeast: 2,
      figure: (results) => results.ratio('outbox', 'pg-boss-send', 'perSecond'),
    },
    {
      id: 'G-e3',
      what: 'time of 10,000 jobs, one transaction / add() each',
      atMost: 0.1,
      figure: (results) => results.ratio('fan-out', 'bullmq-each', 'p50Us'),
    },
  ],
})
