import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres } from '@kilomega/database'
import { eventually } from '../eventually.js'
import { stopAfter } from './keeper.js'

const place = mkdtempSync(join(tmpdir(), 'keeper-'))
const folder = join(place, 'postgres')
afterAll(async () => {
  await EmbeddedPostgres.remove(folder)
  rmSync(place, { recursive: true })
})

async function killed(): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start({ folder, port: 0, durable: false })
  const parent = spawn('sleep', ['60'])
  stopAfter(parent.pid!, folder)
  parent.kill('SIGKILL')
  return server
}

it('a server whose parent process was killed stops, and stays on disk if a failed test marked it as kept', async () => {
  const server = await EmbeddedPostgres.start({ folder, port: 0, durable: false })
  writeFileSync(join(folder, 'kept'), '')
  await server.stop()
  const again = await killed()
  await eventually(() => !again.isRunning(), 10_000)
  expect(existsSync(join(folder, 'data'))).toBe(true)
  rmSync(join(folder, 'kept'))
})

it('otherwise nothing of it remains', async () => {
  const server = await killed()
  await eventually(() => !server.isRunning() && !existsSync(folder), 10_000)
})
