import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsServer } from '@kilomega/servers'
import { hasFailedTests } from '../failed-tests.js'
import { givenNatsUrl } from './describe-with-nats.js'
import { stopNatsAfter } from './keeper.js'
import { removeLeftovers, testFolderPrefix } from './leftovers.js'

export interface OpenNatsOptions {
  /** In nats-server's own language. Such a server is always one of our own. */
  configuration?: string
  /** One that the test may kill or pause, also where `KILOMEGA_TEST_NATS_URL` gives one to everybody. */
  own?: boolean
}

export interface TestNats {
  /** Without user and password; stays the same over `restart`. */
  readonly url: string
  /** To stop, kill, pause and resume. Throws where the server was given by URL: ask for one of your own. */
  readonly server: NatsServer
  /** Starts it again, on its port and with its data, after it was stopped or killed; stops it before that where it runs. */
  restart(): Promise<void>
  /** Stops the server and removes its folder; after a failed test the folder is kept and its place is printed. */
  close(): Promise<void>
}

/**
 * A real nats-server with JetStream for one test file, about 50 ms: in a temporary folder, on a free port. It ends with this process, however that ends.
 * With `KILOMEGA_TEST_NATS_URL` it is the server there, which other test files use too: name streams and subjects by chance.
 * Open it in `beforeAll`, close it in `afterAll`, inside `describeWithNats`.
 */
export async function openNats({ configuration, own = configuration !== undefined }: OpenNatsOptions = {}): Promise<TestNats> {
  const given = givenNatsUrl()
  if (given !== undefined && !own) return givenNats(given)
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `${testFolderPrefix}${process.pid}-`))
  stopNatsAfter(process.pid, folder)
  const start = (port: number): Promise<NatsServer> => NatsServer.start({ folder: join(folder, 'server'), port, configuration })
  let server = await start(0)
  return {
    url: server.url,
    get server() {
      return server
    },
    restart: async () => {
      await server.stop()
      server = await start(server.port)
    },
    close: async () => {
      await server.stop()
      if (hasFailedTests()) keep(folder)
      else rmSync(folder, { recursive: true, force: true })
    },
  }
}

function givenNats(url: string): TestNats {
  const refuse = (): never => {
    throw new Error('The server of KILOMEGA_TEST_NATS_URL is not ours to control: open one with { own: true } inside describeWithOwnNats')
  }
  return {
    url,
    get server() {
      return refuse()
    },
    restart: async () => refuse(),
    close: async () => undefined,
  }
}

function keep(folder: string): void {
  writeFileSync(join(folder, 'kept'), '')
  process.stderr.write(`A test failed: the folder of its nats-server is kept (${folder})\n`)
}
