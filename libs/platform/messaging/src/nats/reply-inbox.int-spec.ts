import { Cancellation, portErrors } from '@kilomega/ports'
import { describeWithNats, openNats, type TestNats } from '@kilomega/testing'
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node'
import { ReplyInbox } from './reply-inbox.js'

let nats: TestNats
let connection: NatsConnection
let inbox: ReplyInbox
let prefix: string
const subject = `test.${process.pid}.${Date.now()}`

describeWithNats('An inbox for replies', () => {
  beforeAll(async () => {
    nats = await openNats()
  })
  beforeEach(async () => {
    connection = await connect({ servers: nats.url })
    prefix = createInbox()
    inbox = new ReplyInbox(connection, prefix)
    await connection.flush()
  })
  afterEach(() => connection.close())
  afterAll(() => nats.close())

  const request = (text = 'hello', cancellation?: Cancellation, onCancel: (reply: string) => void = () => undefined) =>
    inbox.request(subject, text, cancellation, onCancel)
  const answerWith = (reply: (text: string) => string | undefined) =>
    connection.subscribe(subject, {
      callback: (_, message) => {
        const text = reply(message.string())
        if (text !== undefined) message.respond(text)
      },
    })

  it('gives each call its own reply, in whatever order they come', async () => {
    const waiting: (() => void)[] = []
    connection.subscribe(subject, { callback: (_, message) => void waiting.push(() => message.respond(message.string().toUpperCase())) })
    const calls = ['a', 'b', 'c', 'd'].map((text) => request(text))
    await connection.flush()
    for (const reply of waiting.reverse()) reply()
    expect(await Promise.all(calls)).toEqual(['A', 'B', 'C', 'D'])
  })

  it('takes the first reply, and overlooks a second one and those to nobody', async () => {
    connection.subscribe(subject, {
      callback: (_, message) => {
        message.respond('first')
        message.respond('second')
        for (const last of ['0', '99', 'NaN', '-1', '1e0']) connection.publish(`${prefix}.${last}`, 'to nobody')
      },
    })
    expect(await request()).toBe('first')
    await connection.flush()
    expect(await request()).toBe('first')
  })

  it('brings no late reply to the call that came after it', async () => {
    const replies: string[] = []
    connection.subscribe(subject, { callback: (_, message) => void replies.push(message.reply!) })
    const cancellation = new Cancellation()
    const late = request('late', cancellation)
    cancellation.cancel()
    await expect(late).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    const next = request('next')
    await connection.flush()
    for (const reply of replies) connection.publish(reply, reply === replies[0] ? 'late' : 'next')
    expect([replies.length, await next]).toEqual([2, 'next'])
  })

  it('brings an empty reply, which is not the same as nobody', async () => {
    answerWith(() => '')
    expect(await request()).toBe('')
  })

  it('says at once that nobody listens', async () => {
    await expect(request()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
  })

  it('ends a call when it is cancelled, tells where its reply was to come, and overlooks that', async () => {
    answerWith(() => undefined)
    const cancellation = new Cancellation()
    const told: string[] = []
    const call = request('hello', cancellation, (reply) => told.push(reply))
    cancellation.cancel()
    await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    expect(told).toEqual([expect.stringMatching(/^_INBOX\..+\.\d+$/)])
    connection.publish(told[0]!, 'late')
    await connection.flush()
  })

  it('ends a call that was cancelled before it was sent', async () => {
    const cancellation = new Cancellation()
    cancellation.cancel()
    await expect(request('hello', cancellation)).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  })

  it('listens to a cancellation no longer than to its reply', async () => {
    answerWith((text) => text)
    const cancellation = new Cancellation()
    const told: string[] = []
    expect(await request('hello', cancellation, (reply) => told.push(reply))).toBe('hello')
    cancellation.cancel()
    expect(told).toEqual([])
  })

  it('fails all calls on their way at once, and none that comes later', async () => {
    const silence = answerWith(() => undefined)
    const calls = Promise.allSettled([request(), request(), request()])
    inbox.failAll(portErrors.DEPENDENCY_UNAVAILABLE())
    for (const end of await calls) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_UNAVAILABLE' } })
    silence.unsubscribe()
    answerWith((text) => text)
    expect(await request('again')).toBe('again')
  })
})
