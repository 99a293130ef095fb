import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Secret } from '@kilomega/config'
import { Client } from 'pg'
import { freePort } from '../src/embedded/free-port.js'
import { serverAccount } from '../src/embedded/server-account.js'
import { newFolder } from './server.js'

/** Its version as `[major, minor]`; undefined if the program is not on PATH. */
export function pgBouncerVersion(): [number, number] | undefined {
  try {
    const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' }))!
    return [Number(major), Number(minor)]
  } catch {
    return undefined
  }
}

/** A real PgBouncer in transaction mode before one server. */
export class PgBouncer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly url: Secret,
  ) {}

  static async start(server: Secret): Promise<PgBouncer> {
    const [folder, port, place] = [newFolder(), await freePort(), new URL(server.reveal())]
    const users = join(folder, 'users')
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o755)
    writeFileSync(users, `"${place.username}" "${place.password}"\n`)
    const settings = ['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'pool_mode = transaction', 'auth_type = plain', `auth_file = ${users}`]
    const text = [
      '[databases]',
      `* = host=127.0.0.1 port=${place.port}`,
      '[pgbouncer]',
      ...settings,
      'unix_socket_dir =',
      'max_client_conn = 500',
      '',
    ]
    writeFileSync(join(folder, 'ini'), text.join('\n'))
    const bouncer = spawn('pgbouncer', ['-q', join(folder, 'ini')], { ...serverAccount(), stdio: 'ignore' })
    place.port = String(port)
    const started = new PgBouncer(bouncer, folder, new Secret(place.href))
    await started.ready()
    return started
  }

  stop(): void {
    this.process.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async ready(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      const client = new Client({ connectionString: this.url.reveal() })
      const connected = await client.connect().then(
        () => true,
        () => false,
      )
      await client.end().catch(() => undefined)
      if (connected) return
      await wait(25)
    }
    throw new Error('PgBouncer was not ready within 5 s')
  }
}
