import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { bind, type BindingsReport, type Implementation, makeServiceKey, natsAuthorization } from '@kilomega/messaging'
import { bindingsReport } from '@kilomega/process'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { type Authenticator, connect, type ConnectionOptions, type NatsConnection, nkeyAuthenticator, nkeys } from '@nats-io/transport-node'
import { Module } from '@nestjs/common'

const moduleNames = ['identity', 'content', 'search', 'media', 'notifications', 'analytics']
const names = ['api', 'search', 'notifications'] as const
type Name = (typeof names)[number]

const keys = { api: makeServiceKey(), search: makeServiceKey(), notifications: makeServiceKey() }
const stranger = makeServiceKey()
const seedOf = (name: Name) => nkeyAuthenticator(Buffer.from(keys[name].seed.reveal()))

/** What the applications of the same names bind. A library of the platform imports no module by its type. */
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

/** Says it is somebody, and signs with another's key or not at all. */
const impostor =
  (publicKey: string, seed?: string): Authenticator =>
  (nonce) => ({
    nkey: publicKey,
    sig: seed === undefined ? '' : Buffer.from(nkeys.fromSeed(Buffer.from(seed)).sign(Buffer.from(nonce ?? ''))).toString('base64url'),
  })

const strangers: [string, Partial<ConnectionOptions>][] = [
  ['nobody', {}],
  ['a user with a password', { user: 'api', pass: 'api' }],
  ['a user called like a key', { user: keys.api.publicKey, pass: keys.api.publicKey }],
  ['a token', { token: keys.api.publicKey }],
  ['a key that nobody knows', { authenticator: nkeyAuthenticator(Buffer.from(stranger.seed.reveal())) }],
  ['a known key without a signature', { authenticator: impostor(keys.api.publicKey) }],
  ['a known key with another’s signature', { authenticator: impostor(keys.api.publicKey, stranger.seed.reveal()) }],
  ['a known key with a signature of another service', { authenticator: impostor(keys.api.publicKey, keys.search.seed.reveal()) }],
  ['a JWT', { authenticator: () => ({ jwt: 'eyJhbGciOiJub25lIn0.e30.', sig: '' }) }],
]

const inbox = (name: Name) => `_INBOX.${keys[name].publicKey}`
const searchDurable = 'search_putPublished--content_post-published'
const [streamApi, consumerApi] = ['$JS.API.STREAM', '$JS.API.CONSUMER']

/** Each with the key of a service that is allowed something, but not this. */
const publications: [Name, string][] = [
  ...['identity', 'content', 'media', 'notifications', 'analytics'].map((port): [Name, string] => ['search', `port.${port}`]),
  ['search', 'cancel.identity'],
  ['notifications', 'port.search'],
  ['notifications', 'port.content'],
  ['notifications', 'cancel.content'],
  ['search', 'event.content.post-published'],
  ['search', 'event.identity.account-deleted'],
  ['notifications', 'event.search.anything'],
  ['search', `${inbox('api')}.calls.1`],
  ['notifications', `${inbox('search')}.x`],
  ['search', '_INBOX.anybody.1'],
  ...['DELETE', 'PURGE', 'MSG.DELETE', 'MSG.GET', 'SNAPSHOT', 'RESTORE', 'INFO', 'PEER.REMOVE', 'LEADER.STEPDOWN'].map((verb): [Name, string] => [
    'search',
    `${streamApi}.${verb}.EVENTS`,
  ]),
  ...['NAMES', 'LIST'].map((verb): [Name, string] => ['search', `${streamApi}.${verb}`]),
  ['search', `${streamApi}.CREATE.OTHER`],
  ['api', `${streamApi}.DELETE.EVENTS`],
  ['api', `${streamApi}.PURGE.EVENTS`],
  ['notifications', `${consumerApi}.MSG.NEXT.EVENTS.${searchDurable}`],
  ['notifications', `$JS.ACK.EVENTS.${searchDurable}.1.1.1.1.0`],
  ['notifications', `${consumerApi}.INFO.EVENTS.${searchDurable}`],
  ['notifications', `${consumerApi}.CREATE.EVENTS.${searchDurable}.event.content.post-published`],
  ['search', `${consumerApi}.DELETE.EVENTS.${searchDurable}`],
  ['search', `${consumerApi}.CREATE.EVENTS`],
  ['search', `${consumerApi}.CREATE.EVENTS.mine`],
  ['search', `${consumerApi}.CREATE.EVENTS.mine.event.>`],
  ['search', `${consumerApi}.DURABLE.CREATE.EVENTS.mine`],
  ['search', `${consumerApi}.NAMES.EVENTS`],
  ['search', '$JS.API.DIRECT.GET.EVENTS'],
  ['search', '$JS.API.INFO'],
  ['search', '$SYS.REQ.SERVER.PING'],
  ['search', '$SYS.REQ.USER.INFO'],
  ['search', '$KV.any.key'],
]

const subscriptions: [Name, string, string?][] = [
  ...['>', '*', '*.>', '*.*', 'port.>', 'port.*', 'cancel.>', 'event.>', 'event.content.post-published'].map((subject): [Name, string] => [
    'search',
    subject,
  ]),
  ...['identity', 'content', 'media', 'notifications', 'analytics'].map((port): [Name, string, string] => ['search', `port.${port}`, `port-${port}`]),
  ['search', 'cancel.identity'],
  ['notifications', 'port.search', 'port-search'],
  ['notifications', 'port.identity', 'port-identity'],
  ...['>', '*.>', `${keys.api.publicKey}.>`, `${keys.api.publicKey}.*.*`, `${keys.notifications.publicKey}.>`].map((rest): [Name, string] => [
    'search',
    `_INBOX.${rest}`,
  ]),
  ['api', '_INBOX.>'],
  ['api', `${inbox('search')}.>`],
  ['api', 'event.>'],
  ['search', '$JS.API.>'],
  ['search', '$JS.ACK.>'],
  ['search', '$JS.EVENT.ADVISORY.>'],
  ['search', '$SYS.>'],
  ['search', '$SYS.ACCOUNT.>'],
]

let nats: TestNats
let bindings: Record<Name, BindingsReport>
let handled = 0
const open: NatsConnection[] = []

async function enter(name: Name): Promise<NatsConnection> {
  const connection = await connect({ servers: nats.url, authenticator: seedOf(name), inboxPrefix: inbox(name), reconnect: false })
  open.push(connection)
  return connection
}

/** What the server says to a connection: its refusals come by themselves, some moments later. */
function refusalsOf(connection: NatsConnection): string[] {
  const refusals: string[] = []
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') refusals.push(status.error.message)
  })()
  return refusals
}
const refusal = (operation: 'Publish' | 'Subscription', subject: string) => `Permissions Violation for ${operation} to "${subject}"`

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
          callback: (_, message) => {
            handled += 1
            message.respond('handled')
          },
        })
      }
    }
    await api.flush()
    const manager = await jetstreamManager(api, { checkAPI: false })
    await manager.streams.add({ name: 'EVENTS', subjects: ['event.>'] })
    await jetstream(api).publish('event.content.post-published', 'told')
  }, 60_000)
  beforeEach(() => {
    handled = 0
  })
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()))
    await nats.close()
  })

  it(`S29: is tried ${strangers.length + publications.length + subscriptions.length} times, which are 40 or more`, () => {
    expect(strangers.length + publications.length + subscriptions.length).toBeGreaterThanOrEqual(40)
  })

  it.each(strangers)('S29: does not let in %s', async (_, options) => {
    const entry = connect({ servers: nats.url, reconnect: false, ...options })
    await expect(entry).rejects.toMatchObject({ name: 'AuthorizationError' })
    expect(handled).toBe(0)
  })

  it.each(publications)('S29: does not let %s publish to %s', async (name, subject) => {
    const connection = await enter(name)
    const refusals = refusalsOf(connection)
    connection.publish(subject, '{}', { reply: `${inbox(name)}.reply` })
    await eventually(() => expect(refusals.join('\n')).toContain(refusal('Publish', subject)))
    await open[0]!.flush()
    expect(handled).toBe(0)
    await connection.close()
  })

  it.each(subscriptions)('S29: does not let %s subscribe to %s', async (...[name, subject, queue]) => {
    const connection = await enter(name)
    const refusals = refusalsOf(connection)
    let heard = 0
    const subscription = connection.subscribe(subject, { ...(queue && { queue }), callback: (error) => void (heard += error === null ? 1 : 0) })
    await eventually(() => expect(refusals.join('\n')).toContain(refusal('Subscription', subject)))
    await jetstream(open[0]!).publish('event.content.post-published', 'told')
    expect(await (await enter('api')).request('port.search', 'hello').then((message) => message.string())).toBe('handled')
    expect([heard, subscription.isClosed()]).toEqual([0, true])
    await connection.close()
  })

  it('S29: lets each do what it binds, so that the refusals above are none of a server that refuses everything', async () => {
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

  it('S29: has no other open port, as for monitoring', () => {
    const place = `/proc/${nats.server.pid}`
    if (!existsSync(`${place}/fd`)) return expect(natsAuthorization([])).not.toMatch(/http|monitor|cluster|leaf/)
    expect(listeningPorts(place)).toEqual([nats.server.port])
  })
})

/** The ports on which a process listens, as Linux tells. */
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
