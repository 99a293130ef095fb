import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '@kilomega/config'
import { describeWithOwnNatsAndRedis } from '@kilomega/testing'
import { CommandLine, freePorts } from './command-line.js'

/** No work is in progress, so there is nothing to wait for. */
const soonMs = 10_000

describeWithOwnNatsAndRedis('km down', () => {
  const folder = mkdtempSync(join(tmpdir(), 'km-down-'))
  const km = new CommandLine({
    ...processEnvironment(),
    ...{ NODE_ENV: undefined, NATS_URL: undefined, DATABASE_URL: undefined, HTTP_PORT: undefined, HTTP_INTERNAL_PORT: undefined },
    ...{ QUEUE_BACKEND: undefined, QUEUE_REDIS_URL: undefined, KILOMEGA_FOLDER: folder },
  })
  afterAll(async () => {
    await km.run('down')
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it('quickly stops a tier whose NATS and Redis have died', async () => {
    const ports = ['--port-base', String(await freePorts(6)), '--database-port', '0', '--nats-port', '0', '--redis-port', '0']
    expect(await km.run('up', '500k', '--detach', ...ports)).toMatchObject({ code: 0 })
    for (const server of ['nats', 'redis']) process.kill(Number(readFileSync(join(folder, `.kilomega/run/${server}.pid`), 'utf8')), 'SIGKILL')
    const began = performance.now()
    expect(await km.run('down')).toMatchObject({ code: 0, errors: '' })
    expect(performance.now() - began).toBeLessThan(soonMs)
  }, 120_000)
})
