import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { processEnvironment } from '@kilomega/config'

/** Why there is no broker to measure with. */
export const missingNats = (): string | undefined => (spawnSync('nats-server', ['--version']).status === 0 ? undefined : 'nats-server is not on PATH')

/** A separate broker for one bench, with its defaults. */
export class NatsServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<NatsServer> {
    const port = await freePort()
    const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], {
      env: { PATH: processEnvironment()['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await untilReady(child)
    return new NatsServer(child, `nats://127.0.0.1:${port}`)
  }

  async close(): Promise<void> {
    const gone = once(this.child, 'exit')
    this.child.kill('SIGTERM')
    await gone
  }
}

/** Its log is read to the end: a server whose standard error is closed dies when it writes the next line. */
function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}`)))
    child.stderr!.on('data', (text: Buffer) => text.includes('Server is ready') && resolve())
  })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
