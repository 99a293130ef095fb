import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsServer } from '@kilomega/servers'
import { connect as connectNats } from '@nats-io/transport-node'
import { eventually } from '../eventually.js'
import { describeWithNats, describeWithOwnNats } from './describe-with-nats.js'
import { stopServerAfter } from '../servers/keeper.js'
import { removeLeftovers, testFolderPrefix } from '../servers/leftovers.js'
import { openNats } from './open-nats.js'

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })

describeWithNats('A nats-server for tests', () => {
  it('carries a message from one client to another', async () => {
    const nats = await openNats()
    const [sender, receiver] = [await connectNats({ servers: nats.url }), await connectNats({ servers: nats.url })]
    const subject = `test.${process.pid}.${Date.now()}`
    const heard = receiver.subscribe(subject, { max: 1 })
    await receiver.flush()
    sender.publish(subject, 'hello')
    for await (const message of heard) expect(message.string()).toBe('hello')
    await Promise.all([sender.close(), receiver.close()])
    await nats.close()
  })
})

describeWithOwnNats('A nats-server of a test file', () => {
  it('is a new one for each opening, comes back on its port, and is gone after it is closed', async () => {
    const [first, second] = [await openNats({ own: true }), await openNats({ own: true })]
    expect(first.url).not.toBe(second.url)
    await second.close()
    await first.server.kill()
    expect(await accepts(first.server.port)).toBe(false)
    await first.restart()
    expect(await accepts(first.server.port)).toBe(true)
    expect(first.url).toBe(first.server.url)
    await first.close()
    expect(await accepts(first.server.port)).toBe(false)
  })
})

describeWithOwnNats('A nats-server whose test process was killed', () => {
  const place = () => mkdtempSync(join(tmpdir(), 'keeper-nats-'))

  async function orphan(folder: string): Promise<NatsServer> {
    const server = await NatsServer.start({ folder: join(folder, 'server'), port: 0 })
    const parent = spawn('sleep', ['60'])
    stopServerAfter(parent.pid!, folder)
    parent.kill('SIGKILL')
    return server
  }

  it('stops, even while it is paused, and leaves nothing behind', async () => {
    const folder = place()
    const server = await orphan(folder)
    await server.pause()
    await eventually(() => !server.isRunning() && !existsSync(folder), 10_000)
  })

  it('stays on disk if a failed test marked it as kept', async () => {
    const folder = place()
    writeFileSync(join(folder, 'kept'), '')
    const server = await orphan(folder)
    await eventually(() => !server.isRunning(), 10_000)
    expect(existsSync(join(folder, 'server', 'jetstream'))).toBe(true)
    rmSync(folder, { recursive: true })
  })
})

it('Folders of dead processes are removed, but not recent ones, those of running processes, and those kept within the last hour', () => {
  const hoursAgo = (path: string, hours: number) => utimesSync(path, Date.now() / 1000 - hours * 3_600, Date.now() / 1000 - hours * 3_600)
  const folderOf = (pid: number) => mkdtempSync(join(tmpdir(), `${testFolderPrefix}${pid}-`))
  const dead = 2 ** 22 + 1
  const [old, young, living, kept] = [folderOf(dead), folderOf(dead), folderOf(process.pid), folderOf(dead)]
  writeFileSync(join(kept, 'kept'), '')
  for (const folder of [old, living, kept]) hoursAgo(folder, 2)
  removeLeftovers()
  expect([old, young, living, kept].map(existsSync)).toEqual([false, true, true, true])
  for (const folder of [young, living, kept]) rmSync(folder, { recursive: true })
})
