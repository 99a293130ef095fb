import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { bind, type BindingsReport, type Implementation, makeServiceKey, natsAuthorization } from '@kilomega/messaging'
import { bindingsReport } from '@kilomega/process'
import { describeWithOwnNats, openNats, type TestNats } from '@kilomega/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node'
import { Module } from '@nestjs/common'

const moduleNames = ['identity', 'content', 'search', 'media', 'notifications', 'analytics']
const names = ['api', 'search', 'notifications'] as const
type Name = (typeof names)[number]

const keys = { api: makeServiceKey(), search: makeServiceKey(), notifications: makeServiceKey() }
const seedOf = (name: Name) => nkeyAuthenticator(Buffer.from(keys[name].seed.reveal()))

/** What the applications of the same names bind. Modules are imported by name, because a platform library does not know their types. */
async function reports(): Promise<Record<Name, BindingsReport>> {
  const loads = moduleNames.map((name) => () => import(`@kilomega/${name}`) as Promise<{ implementation: Implementation }>)
  const ports = await Promise.all(loads.map(async (load) => (await load()).implementation.port))
  const own = (name: string) => bind(ports[moduleNames.indexOf(name)]!, loads[moduleNames.indexOf(name)])
  const foreign = (name: string) => bind(ports[moduleNames.indexOf(name)]!)

  @Module({ imports: moduleNames.map(own) })
  class Api {}
  @Module({ imports: [own('search')] })
  class Search {}
  @Module({ imports: [own('notifications'), foreign('identity')] })
  class Notifications {}

  return { api: await bindingsReport(Api), search: await bindingsReport(Search), notifications: await bindingsReport(Notifications) }
}

const inbox = (name: Name) => `_INBOX.${keys[name].publicKey.slice(1, 13)}`
const searchDurable = 'search_putPublished--content_post-published'

let nats: TestNats
let bindings: Record<Name, BindingsReport>
const open: NatsConnection[] = []

async function enter(name: Name): Promise<NatsConnection> {
  const connection = await connect({ servers: nats.url, authenticator: seedOf(name), inboxPrefix: inbox(name), reconnect: false })
  open.push(connection)
  return connection
}

/** The refusals that the server sends to a connection. They arrive some time after the attempt. */
function refusalsOf(connection: NatsConnection): string[] {
  const refusals: string[] = []
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') refusals.push(status.error.message)
  })()
  return refusals
}

describeWithOwnNats('S29: NATS as a back door', () => {
  beforeAll(async () => {
    bindings = await reports()
    nats = await openNats({
      configuration: natsAuthorization(names.map((name) => ({ name, publicKey: keys[name].publicKey, bindings: bindings[name] }))),
    })
    const api = await enter('api')
    for (const port of bindings.api.answers) {
      for (const subject of [`port.${port}`, `cancel.${port}`]) {
        api.subscribe(subject, {
          callback: (_, message) => void message.respond('handled'),
        })
      }
    }
    await api.flush()
    const manager = await jetstreamManager(api, { checkAPI: false })
    await manager.streams.add({ name: 'EVENTS', subjects: ['event.>'] })
    await jetstream(api).publish('event.content.post-published', 'told')
  }, 60_000)
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()))
    await nats.close()
  })

  it('S29: is open for what the modules bind', async () => {
    const search = await enter('search')
    const refusals = refusalsOf(search)
    search.subscribe('port.search', { queue: 'port-search', callback: (_, message) => void message.respond('found') })
    await search.flush()
    expect(bindings.search).toMatchObject({ answers: ['search'], asks: [] })
    expect(bindings.search.hears.map(({ subscriber }) => subscriber)).toContain('search.putPublished:content.post-published')
    expect(bindings.notifications).toMatchObject({ answers: ['notifications'], asks: ['identity'] })
    const notifications = await enter('notifications')
    expect((await notifications.request('port.identity', 'hello')).string()).toBe('handled')
    const manager = await jetstreamManager(search, { checkAPI: false })
    const made = { durable_name: searchDurable, filter_subject: 'event.content.post-published', ack_policy: 'explicit' as const }
    await manager.consumers.add('EVENTS', made)
    const message = await (await jetstream(search).consumers.get('EVENTS', searchDurable)).next()
    expect(message!.string()).toBe('told')
    expect(await message!.ackAck()).toBe(true)
    expect(refusals).toEqual([])
  })

  it('S29: has no other open port, such as one for monitoring', () => {
    const place = `/proc/${nats.server.pid}`
    if (!existsSync(`${place}/fd`)) return expect(natsAuthorization([])).not.toMatch(/http|monitor|cluster|leaf/)
    expect(listeningPorts(place)).toEqual([nats.server.port])
  })
})

/** The network ports on which a process listens, according to Linux. */
function listeningPorts(place: string): number[] {
  const sockets = new Set(
    readdirSync(`${place}/fd`).flatMap((file) => {
      const target = readlink(`${place}/fd/${file}`)
      return target.startsWith('socket:[') ? [target.slice(8, -1)] : []
    }),
  )
  const lines = ['tcp', 'tcp6'].flatMap((kind) => readFileSync(`${place}/net/${kind}`, 'utf8').split('\n').slice(1))
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(inode ?? ''))
    .map(([, local]) => parseInt(local!.split(':')[1]!, 16))
}

const readlink = (path: string): string => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
