import { RedisServer, type RedisSettings } from '@kilomega/servers'
import { canStart, describeWhere } from '../servers/describe-with-server.js'
import { openServer, type TestServer } from '../servers/test-server.js'

export type TestRedis = TestServer<RedisServer>

/** Like `describe`, for tests that need a redis-server on PATH or in Docker; where there is none they are skipped and counted for want of it. */
export const describeWithRedis = (name: string, body: () => void): void => describeWhere(missingRedis(), name, body)

/** The name of the server where it is not there. */
export const missingRedis = () => (canStart('redis-server') ? undefined : 'redis-server')

/** A real redis-server for one test file, about 50 ms, set up as a queue needs it unless told otherwise. It is the file's own, to kill and to wipe. */
export const openRedis = (settings?: RedisSettings): Promise<TestRedis> =>
  openServer((where) => RedisServer.start({ ...where, ...(settings && { settings }) }))
