import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NativeServer } from '@kilomega/servers'
import { hasFailedTests } from '../failed-tests.js'
import { stopServerAfter } from './keeper.js'
import { removeLeftovers, testFolderPrefix } from './leftovers.js'

type Startable = NativeServer & { readonly url: string }

export interface TestServer<Server extends Startable> {
  /** Without user and password; stays the same after `restart`. */
  readonly url: string
  /** Where the server keeps its data. */
  readonly folder: string
  /** For stop, kill, pause and resume. Throws if the server was given by URL: open one with `own: true`. */
  readonly server: Server
  /** Restarts it on its port and with its data after it was stopped or killed; stops it first if it is running. */
  restart(): Promise<void>
  /** Stops the server and removes its folder. After a failed test the folder is kept and its path is printed. */
  close(): Promise<void>
}

/** A real server for one test file, in a temporary folder, on a free port. It ends with this process, however the process ends. */
export async function openServer<Server extends Startable>(
  start: (where: { folder: string; port: number }) => Promise<Server>,
): Promise<TestServer<Server>> {
  removeLeftovers()
  const parent = mkdtempSync(join(tmpdir(), `${testFolderPrefix}${process.pid}-`))
  const folder = join(parent, 'server')
  stopServerAfter(process.pid, parent)
  let server = await start({ folder, port: 0 })
  return {
    url: server.url,
    folder,
    get server() {
      return server
    },
    restart: async () => {
      await server.stop()
      server = await start({ folder, port: server.port })
    },
    close: async () => {
      await server.stop()
      if (hasFailedTests()) keep(parent)
      else rmSync(parent, { recursive: true, force: true })
    },
  }
}

/** A server shared by all tests: none of them controls it. */
export function givenServer<Server extends Startable>(url: string, variable: string): TestServer<Server> {
  const refuse = (): never => {
    throw new Error(`The server of ${variable} is not ours to control: open one with { own: true }`)
  }
  return {
    url,
    get folder() {
      return refuse()
    },
    get server() {
      return refuse()
    },
    restart: async () => refuse(),
    close: async () => undefined,
  }
}

function keep(folder: string): void {
  writeFileSync(join(folder, 'kept'), '')
  process.stderr.write(`A test failed: the folder of its server is kept (${folder})\n`)
}
