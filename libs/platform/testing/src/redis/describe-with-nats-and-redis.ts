import { describeWithOwnNats } from '../nats/describe-with-nats.js'
import { describeWhere } from '../servers/describe-with-server.js'
import { missingRedis } from './open-redis.js'

/** Skipped only if a real server is missing, and counted as skipped for lack of it. */
export function describeWithOwnNatsAndRedis(name: string, body: () => void): void {
  const missing = missingRedis()
  if (missing === undefined) describeWithOwnNats(name, body)
  else describeWhere(missing, name, body)
}
