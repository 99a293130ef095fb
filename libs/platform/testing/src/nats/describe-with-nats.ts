import { canStart, describeWhere, givenUrl } from '../servers/describe-with-server.js'

type Body = () => void

/**
 * Like `describe`, for tests that need a nats-server: the one in `KILOMEGA_TEST_NATS_URL`, on PATH, or in Docker. Only if there is none, the tests are
 * skipped, and counted as skipped for lack of the server.
 */
export const describeWithNats = (name: string, body: Body): void =>
  describeWhere(givenNatsUrl() === undefined ? missingNats() : undefined, name, body)

/** The same for tests that bring a configuration or kill the server: they need their own server, so a URL is not enough. */
export const describeWithOwnNats = (name: string, body: Body): void => describeWhere(missingNats(), name, body)

/** The server given to the tests by the environment. */
export const givenNatsUrl = (): string | undefined => givenUrl('KILOMEGA_TEST_NATS_URL')

const missingNats = () => (canStart('nats-server') ? undefined : 'nats-server')
