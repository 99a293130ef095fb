import { NatsServer } from '@kilomega/servers'
import { givenServer, openServer, type TestServer } from '../servers/test-server.js'
import { givenNatsUrl } from './describe-with-nats.js'

export interface OpenNatsOptions {
  /** In nats-server's own language. Such a server is always one of our own. */
  configuration?: string
  /** One that the test may kill or pause, also where `KILOMEGA_TEST_NATS_URL` gives one to everybody. */
  own?: boolean
}

export type TestNats = TestServer<NatsServer>

/**
 * A real nats-server with JetStream for one test file, about 50 ms. With `KILOMEGA_TEST_NATS_URL` it is the server there, which other test files use
 * too: name streams and subjects by chance. Open it in `beforeAll`, close it in `afterAll`, inside `describeWithNats`.
 */
export async function openNats({ configuration, own = configuration !== undefined }: OpenNatsOptions = {}): Promise<TestNats> {
  const given = givenNatsUrl()
  if (given !== undefined && !own) return givenServer(given, 'KILOMEGA_TEST_NATS_URL')
  return openServer((where) => NatsServer.start({ ...where, configuration }))
}
