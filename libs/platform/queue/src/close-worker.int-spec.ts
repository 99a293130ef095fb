import { once } from 'node:events'
import { Secret } from '@kilomega/config'
import { describeWithRedis, openRedis, SignalsRecorder, type TestRedis } from '@kilomega/testing'
import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { RedisQueueBackend } from './backend/queue-backend.redis.js'
import { workerConnection } from './backend/worker-connection.js'
import { closeWorker } from './close-worker.js'
import type { QueueConfig } from './queue.config.js'

/** Their attempts to connect are spread, so some are between two attempts when the process's own connection is back. */
const workersAtOnce = 20

describeWithRedis('Closing workers', () => {
  let redis: TestRedis | undefined
  let backend: RedisQueueBackend | undefined
  beforeAll(async () => {
    redis = await openRedis()
    backend = new RedisQueueBackend(new Secret(redis.url), 2_000, new SignalsRecorder())
    await backend.epoch()
  })
  afterAll(async () => {
    await backend?.close()
    await redis?.close()
  })

  it('ends when Redis has just come back, though workers are still between two attempts to connect', async () => {
    const stopping = new AbortController()
    const connection = workerConnection({ backend: 'redis', redisUrl: new Secret(redis!.url) } as QueueConfig, stopping.signal)!
    const workers = Array.from({ length: workersAtOnce }, (_, place) => new Worker(`closing-${place}`, async () => undefined, connection))
    for (const worker of workers) worker.on('error', () => undefined)
    await Promise.all(workers.map((worker) => worker.waitUntilReady()))
    const back = once(backend!.options.connection as Redis, 'ready')
    await redis!.server.kill()
    await redis!.restart()
    await back
    stopping.abort()
    const closed = Promise.all(workers.map((worker) => closeWorker(worker, backend!).then(() => true)))
    expect(await closed).toEqual(workers.map(() => true))
  })
})
