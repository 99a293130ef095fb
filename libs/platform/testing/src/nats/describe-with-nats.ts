import { processEnvironment } from '@kilomega/config'
import { serverOnPath } from '@kilomega/servers'

type Body = () => void

/**
 * Like `describe`, for tests that need a nats-server: of `KILOMEGA_TEST_NATS_URL`, on PATH, or in Docker. Where there is none, and only there, they are
 * skipped and counted as skipped for want of it.
 */
export const describeWithNats = (name: string, body: Body): void => describeWhere(givenNatsUrl() !== undefined || canStartNats(), name, body)

/** The same for tests that bring a configuration or kill the server: they need one of their own, so a URL does not do. */
export const describeWithOwnNats = (name: string, body: Body): void => describeWhere(canStartNats(), name, body)

/** The server that the environment gives to tests. */
export const givenNatsUrl = (): string | undefined => processEnvironment()['KILOMEGA_TEST_NATS_URL'] || undefined

/** To ask Docker takes up to 3 s and cannot be done while a test file is read, so `npm test` asks once and leaves the answer in `KILOMEGA_TEST_DOCKER`. */
const canStartNats = (): boolean => serverOnPath('nats-server') !== undefined || processEnvironment()['KILOMEGA_TEST_DOCKER'] === 'yes'

/** `npm test` counts by the end of the name. */
function describeWhere(isThere: boolean, name: string, body: Body): void {
  if (isThere) describe(name, body)
  else describe.skip(`${name} [needs nats-server]`, body)
}
