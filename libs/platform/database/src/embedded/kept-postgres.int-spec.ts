import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { newFolder } from '../../test/server.js'
import { EmbeddedPostgres } from './embedded-postgres.js'
import { KeptPostgres } from './kept-postgres.js'

const asRoot = process.getuid?.() === 0 && process.platform === 'linux' ? it : it.skip

/** The reports of the hooks, in order. */
class HookLog {
  readonly all: string[] = []
  readonly hooks = {
    onEnd: () => void this.all.push('ended'),
    onFailure: (reason: string) => void this.all.push(reason),
    onReturn: () => void this.all.push('returned'),
    onGivingUp: (reason: string) => void this.all.push(`given up: ${reason}`),
  }

  async includes(what: RegExp): Promise<void> {
    const untilMs = performance.now() + 60_000
    while (!this.all.some((one) => what.test(one))) {
      if (performance.now() > untilMs) throw new Error(`not reported: ${String(what)}, but ${this.all.join('; ')}`)
      await wait(20)
    }
  }
}

async function query(server: KeptPostgres, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: server.url.reveal() })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<object>(sql)).rows
  } finally {
    await client.end()
  }
}

describe('a server that is kept running', () => {
  let folder: string
  let server: KeptPostgres | undefined
  let log: HookLog
  beforeEach(() => {
    folder = newFolder()
    log = new HookLog()
  })
  afterEach(async () => {
    await server?.stop()
    server = undefined
    await EmbeddedPostgres.remove(folder)
  })

  it('is started again on its port after it was killed, with its data', async () => {
    server = await KeptPostgres.start({ folder, port: 0 }, log.hooks)
    const { port, pid } = server
    await query(server, 'CREATE TABLE kept AS SELECT 1 AS one')
    process.kill(pid, 'SIGKILL')
    await log.includes(/returned/)
    expect(log.all).toEqual(['ended', 'returned'])
    expect(server.port).toBe(port)
    expect(server.pid).not.toBe(pid)
    expect(await query(server, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  })

  asRoot('that ended because its disk was full reports it once, and comes back by itself when there is room', async () => {
    mkdirSync(folder, { mode: 0o711 })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=711', 'tmpfs', folder])
    try {
      server = await KeptPostgres.start({ folder, port: 0 }, log.hooks)
      const { pid } = server
      await query(server, 'CREATE TABLE kept AS SELECT 1 AS one')
      fill(folder)
      await query(server, 'CREATE TABLE big AS SELECT repeat(md5(n::text), 30) AS text FROM generate_series(1, 200000) AS n').catch(() => undefined)
      process.kill(pid, 'SIGKILL')
      await log.includes(/is full/)
      rmSync(join(folder, 'ballast'))
      await log.includes(/returned/)
      expect(log.all.filter((one) => /is full/.test(one))).toHaveLength(1)
      expect(await query(server, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
    } finally {
      await server?.stop()
      server = undefined
      execFileSync('umount', [folder])
    }
  })
})

/** Fills the disk to the last megabyte. */
function fill(folder: string): void {
  for (let sizeMb = 160; sizeMb > 0; sizeMb -= 1) {
    try {
      return writeFileSync(join(folder, 'ballast'), Buffer.alloc(sizeMb * 1024 * 1024))
    } catch {
      continue
    }
  }
}
