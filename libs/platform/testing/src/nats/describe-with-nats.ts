import { canStart, describeWhere, givenUrl } from '../servers/describe-with-server.js'

type Body = () => void

/**
 * Like `describe`, for tests that need a nats-server: of `KILOMEGA_TEST_NATS_URL`, on PATH, or in Docker. Where there is none, and only there, they are
 * skipped and counted as skipped for want of it.
 */
export const describeWithNats = (name: string, body: Body): void =>
  describeWhere(givenNatsUrl() === undefined ? missingNats() : undefined, name, body)

/** The same for tests that bring a configuration or kill the server: they need one of their own, so a URL does not do. */
export const describeWithOwnNats = (name: string, body: Body): void => describeWhere(missingNats(), name, body)

/** The server that the environment gives to tests. */
export const givenNatsUrl = (): string | undefined => givenUrl('KILOMEGA_TEST_NATS_URL')

const missingNats = () => (canStart('nats-server') ? undefined : 'nats-server')
