import { RedisServer, type RedisSettings } from '@kilomega/servers'
import { canStart, describeWhere } from '../servers/describe-with-server.js'
import { openServer, type TestServer } from '../servers/test-server.js'

export type TestRedis = TestServer<RedisServer>

/** Like `describe`, for tests that need a redis-server on PATH or in Docker. If there is none, they are skipped, and counted as skipped for lack of it. */
export const describeWithRedis = (name: string, body: () => void): void => describeWhere(missingRedis(), name, body)

/** The name of the server, if it is missing. */
export const missingRedis = () => (canStart('redis-server') ? undefined : 'redis-server')

/**
 * A real redis-server for one test file, ready in about 50 ms, set up as a queue needs it unless the settings differ. Only this file uses it, so it may be
 * killed and wiped.
 */
export const openRedis = (settings?: RedisSettings): Promise<TestRedis> =>
  openServer((where) => RedisServer.start({ ...where, ...(settings && { settings }) }))
