import { type Actor, port, query, system } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect, createInbox } from '@nats-io/transport-node'
import { z } from 'zod'
import * as attempts from '../../test/nats-attempts.js'
import { configurationWithWitness, inboxOf, Intruder, keys, type MemberName, portNames, Witness } from '../../test/nats-members.js'
import { ann, NatsSide } from '../../test/nats-side.js'
import { rawCall } from '../../test/raw-call.js'
import { makeServiceKey, SigningKey } from './nkey.js'
import { SignedContexts } from './signed-context.js'
import { keyId } from './subjects.js'
import { decodeReply } from './wire.js'

const ports = portNames.map((name) => {
  abstract class AnyPort extends port(name, { find: query({ input: z.object({}), output: z.string(), timeoutMs: 5_000, access: 'anyone' }) }) {}
  return AnyPort
})
const contextsOf = ({ seed }: ReturnType<typeof makeServiceKey>, atMs = Date.now()) =>
  new SignedContexts(new SigningKey(seed.reveal()), [], () => atMs)
const good = contextsOf(keys.notifications).sign(system, 'identity')
const call = (context: string | undefined) => rawCall({ operation: 'find', timeLeftMs: 5_000, context, requestId: 'r', body: '{}' })
const [body, signature] = good.split('.') as [string, string]
const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
const admin: Actor = { ...ann, role: 'admin' } as Actor
const altered = (changes: object) => `${Buffer.from(JSON.stringify({ ...claims, ...changes })).toString('base64url')}.${signature}`

const contexts: [sentence: string, context: string | undefined][] = [
  ['none', undefined],
  ['one without a signature', `${body}.`],
  ['one that a stranger signed', contextsOf(makeServiceKey()).sign(system, 'identity')],
  ['one of a minute and a half ago', contextsOf(keys.notifications, Date.now() - 150_000).sign(system, 'identity')],
  ['one of tomorrow', contextsOf(keys.notifications, Date.now() + 86_400_000).sign(system, 'identity')],
  ['one for another port', contextsOf(keys.notifications).sign(system, 'notifications')],
  ['one with another actor', altered({ actor: admin })],
  ['one with another signer', altered({ iss: keyId(keys.api.publicKey) })],
  ['one with more time', altered({ expiresMs: Date.now() + 59_000 })],
]

const { strangers, publications, subscriptions, consumerRequests, replySubjects } = attempts
const total = [strangers, publications, subscriptions, consumerRequests, replySubjects, contexts].reduce((sum, { length }) => sum + length, 0)

let nats: TestNats
let api: NatsSide
let witness: Witness
let manager: JetStreamManager
const intruders = new Map<MemberName, Intruder>()
let handled = 0
const counts = { tried: 0, allowed: 0, handlers: 0 }

/** Makes one attempt. The server or the answering service has to report that it is refused, and messages may only have gone to the subjects in `mayBeHeard`. */
async function isRefused(attempt: () => Promise<unknown>, mayBeHeard: string[] = []): Promise<void> {
  const before = handled
  await witness.takeHeard()
  counts.tried += 1
  counts.allowed += 1
  await attempt()
  await (await api.connected()).flush()
  const heard = await witness.takeHeard()
  counts.handlers += handled - before
  expect(handled - before).toBe(0)
  expect(heard.filter((subject) => !mayBeHeard.includes(subject))).toEqual([])
  counts.allowed -= 1
}
async function enter(name: MemberName): Promise<Intruder> {
  const intruder = intruders.get(name) ?? (await Intruder.enter(nats.url, name))
  intruders.set(name, intruder)
  intruder.refusals.length = 0
  return intruder
}
const refusedByApi = (count: number) => eventually(() => expect(api.signals.of('port.message-refused')).toHaveLength(count))

describeWithOwnNats('S29: NATS as a back door', () => {
  beforeAll(async () => {
    nats = await openNats({ configuration: configurationWithWitness() })
    witness = await Witness.enter(nats.url)
    manager = await jetstreamManager(witness.connection)
    api = await NatsSide.open({ url: nats.url, key: keys.api, trusts: Object.values(keys) })
    const find = () => ((handled += 1), 'found')
    for (const one of ports) await api.serve(one, { find })
    await manager.streams.add({ name: 'EVENTS', subjects: ['event.>'] })
    await manager.consumers.add('EVENTS', attempts.ownConsumer as never)
  })
  beforeEach(() => {
    api.signals.emitted.length = 0
  })
  afterAll(async () => {
    await Promise.all([api, witness.connection, ...[...intruders.values()].map(({ connection }) => connection)].map((one) => one.close()))
    await nats.close()
  })

  it.each(strangers)('S29: is closed to %s', async (_, options) => {
    await isRefused(() => expect(connect({ servers: nats.url, reconnect: false, ...options })).rejects.toMatchObject({ name: 'AuthorizationError' }))
  })

  it.each(publications)('S29: does not carry %s (by %s)', async (...[, by, subject]) => {
    const intruder = await enter(by)
    await isRefused(async () => {
      intruder.connection.publish(subject, '', { reply: `${inboxOf(by)}.1` })
      await intruder.isRefused('Publish', subject)
    })
  })

  it.each(subscriptions)('S29: does not pass on %s (by %s)', async (...[, by, subject, queue]) => {
    const intruder = await enter(by)
    const { connection } = intruder
    let heard = 0
    await isRefused(async () => {
      const subscription = connection.subscribe(subject, { ...(queue && { queue }), callback: (error) => void (heard += error === null ? 1 : 0) })
      await intruder.isRefused('Subscription', subject)
      expect(subscription.isClosed()).toBe(true)
    })
    for (const published of [subject.replaceAll('*', 'x').replace('>', 'x'), 'port.identity', 'event.content.post-published'])
      witness.connection.publish(published, '')
    await witness.connection.flush()
    await connection.flush()
    expect(heard).toBe(0)
  })

  it.each(consumerRequests)('S29: does not let a service have its consumer %s', async (...[, stream, changes, code]) => {
    const { connection } = await enter('search')
    const text = JSON.stringify({ stream_name: stream, config: { ...attempts.ownConsumer, ...changes } })
    const reply = createInbox(inboxOf('search'))
    const answers: unknown[] = []
    connection.subscribe(reply, { callback: (_, message) => void answers.push(message.json()) })
    await isRefused(async () => {
      connection.publish(attempts.createOwn, text, { reply })
      await eventually(() => expect(answers).toEqual([expect.objectContaining({ error: expect.objectContaining({ err_code: code }) as object })]))
    }, [attempts.createOwn, reply])
    expect((await manager.consumers.info('EVENTS', attempts.durables.search)).config).toMatchObject(attempts.ownConsumer)
  })

  it.each(replySubjects)('S29: does not have a reply sent as %s', async (_, reply) => {
    const { connection } = await enter('notifications')
    await isRefused(async () => {
      connection.publish('port.identity', call(good), { reply })
      await refusedByApi(1)
    }, ['port.identity'])
  })

  it.each(contexts)('S29: does not answer a call whose context is %s', async (_, context) => {
    const { connection } = await enter('notifications')
    const reply = createInbox(inboxOf('notifications'))
    const replies: unknown[] = []
    connection.subscribe(reply, { callback: (_, message) => void replies.push(decodeReply(message.string())) })
    await isRefused(async () => {
      connection.publish('port.identity', call(context), { reply })
      await eventually(() => expect(replies).toEqual([{ error: expect.objectContaining({ code: 'UNAUTHENTICATED' }) as object }]))
    }, ['port.identity', reply])
  })

  it(`S29: is tried ${total} times, which are 40 or more: 0 allowed, 0 handlers run`, async () => {
    process.stderr.write(`S29: ${counts.tried} attempts, ${counts.allowed} allowed, ${counts.handlers} handlers run\n`)
    expect(total).toBeGreaterThanOrEqual(40)
    expect(counts).toEqual({ tried: total, allowed: 0, handlers: 0 })
  })

  it('S29: is open for what a service binds, so the refusals are not those of a server that refuses everything', async () => {
    const { connection, refusals } = await enter('notifications')
    const before = handled
    const reply = await connection.request('port.identity', call(good), { timeout: 5_000 })
    expect([decodeReply(reply.string()), handled - before, refusals]).toEqual([{ value: 'found' }, 1, []])
  })
})
