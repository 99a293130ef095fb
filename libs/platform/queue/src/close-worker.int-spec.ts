import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from '@kilomega/config'
import { describeWithRedis, openRedis, SignalsRecorder, type TestRedis } from '@kilomega/testing'
import { Worker } from 'bullmq'
import { RedisQueueBackend } from './backend/queue-backend.redis.js'
import { workerConnection } from './backend/worker-connection.js'
import { closeWorker } from './close-worker.js'
import type { QueueConfig } from './queue.config.js'

describeWithRedis('Closing a worker', () => {
  let [redis, backend]: [TestRedis?, RedisQueueBackend?] = []
  beforeAll(async () => (redis = await openRedis()))
  afterAll(async () => {
    await backend?.close()
    await redis?.close()
  })

  it('ends when Redis comes back meanwhile, though the worker is still between two attempts to connect', async () => {
    const stopping = new AbortController()
    const connection = workerConnection({ backend: 'redis', redisUrl: new Secret(redis!.url) } as QueueConfig, stopping.signal)!
    const worker = new Worker('closing', async () => undefined, connection)
    worker.on('error', () => undefined)
    await worker.waitUntilReady()
    await redis!.server.kill()
    // By now the worker waits for 1 s between attempts. A connection that is made now tries much more often, so it is back first.
    await sleep(1_500)
    backend = new RedisQueueBackend(new Secret(redis!.url), 5_000, new SignalsRecorder())
    stopping.abort()
    const closed = closeWorker(worker, backend).then(() => 'closed')
    await redis!.restart()
    expect(await Promise.race([closed, sleep(4_000, 'hangs')])).toBe('closed')
  })
})
