import { Secret } from '@kilomega/config'
import { describeWithRedis, openRedis, SignalsRecorder, type TestRedis } from '@kilomega/testing'
import type { Redis } from 'ioredis'
import { RedisQueueBackend } from './queue-backend.redis.js'

describeWithRedis('the Redis of the queue', () => {
  let [redis, backend]: [TestRedis?, RedisQueueBackend?] = []
  beforeAll(async () => {
    redis = await openRedis()
    backend = new RedisQueueBackend(new Secret(redis.url), 50, new SignalsRecorder())
    await backend.epoch()
  })
  afterAll(async () => {
    await backend?.close()
    await redis?.close()
  })

  it('may be queried any number of times while it is down: each query ends, and none leaves a listener behind', async () => {
    await redis!.server.kill()
    const connection = backend!.options.connection as Redis
    await expect(backend!.epoch()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
    const before = connection.listenerCount('ready')
    for (let query = 0; query < 20; query += 1) await expect(backend!.epoch()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
    expect(connection.listenerCount('ready')).toBe(before)
    await redis!.restart()
    await new Promise((resolve) => connection.once('ready', resolve))
    expect(await backend!.epoch()).toMatch(/^[0-9a-f-]{36}$/)
  })
})
