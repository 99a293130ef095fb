import { NatsServer } from '@kilomega/servers'
import { givenServer, openServer, type TestServer } from '../servers/test-server.js'
import { givenNatsUrl } from './describe-with-nats.js'

export interface OpenNatsOptions {
  /** In nats-server's own language. A server with a configuration is always started for this test file. */
  configuration?: string
  /** Starts a separate server that the test may kill or pause, even if `KILOMEGA_TEST_NATS_URL` gives one to all tests. */
  own?: boolean
}

export type TestNats = TestServer<NatsServer>

/**
 * A real nats-server with JetStream for one test file, ready in about 50 ms. With `KILOMEGA_TEST_NATS_URL` it is that server, which other test files use too:
 * give streams and subjects random names. Open it in `beforeAll`, close it in `afterAll`, inside `describeWithNats`.
 */
export async function openNats({ configuration, own = configuration !== undefined }: OpenNatsOptions = {}): Promise<TestNats> {
  const given = givenNatsUrl()
  if (given !== undefined && !own) return givenServer(given, 'KILOMEGA_TEST_NATS_URL')
  return openServer((where) => NatsServer.start({ ...where, configuration }))
}
