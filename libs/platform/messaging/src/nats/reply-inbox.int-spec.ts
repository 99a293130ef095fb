import { Cancellation, portErrors } from '@kilomega/ports'
import { describeWithNats, openNats, type TestNats } from '@kilomega/testing'
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node'
import { ReplyInbox } from './reply-inbox.js'
import { encodeReply } from './wire.js'

let nats: TestNats
let connection: NatsConnection
let inbox: ReplyInbox
let prefix: string
const reply = (value: string) => encodeReply({ value })
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

  const request = (text = 'hello', cancellation?: Cancellation, onCancel: (to: string) => void = () => undefined) =>
    inbox.request(subject, text, cancellation, onCancel)
  const answerWith = (replyTo: (text: string) => string | undefined) =>
    connection.subscribe(subject, {
      callback: (_, message) => {
        const text = replyTo(message.string())
        if (text !== undefined) message.respond(text)
      },
    })

  it('gives each call its own reply, in whatever order they come', async () => {
    const waiting: (() => void)[] = []
    connection.subscribe(subject, { callback: (_, message) => void waiting.push(() => message.respond(reply(message.string().toUpperCase()))) })
    const calls = ['a', 'b', 'c', 'd'].map((text) => request(text))
    await connection.flush()
    for (const answer of waiting.reverse()) answer()
    expect(await Promise.all(calls)).toEqual(['A', 'B', 'C', 'D'].map((value) => ({ value })))
  })

  it('takes the first reply, and overlooks a second one and those to nobody', async () => {
    connection.subscribe(subject, {
      callback: (_, message) => {
        message.respond(reply('first'))
        message.respond(reply('second'))
        for (const last of ['0', '99', 'NaN', '-1', '1e0']) connection.publish(`${prefix}.${last}`, reply('to nobody'))
      },
    })
    expect(await request()).toEqual({ value: 'first' })
    await connection.flush()
    expect(await request()).toEqual({ value: 'first' })
  })

  it('brings no late reply to the call that came after it', async () => {
    const inboxes: string[] = []
    connection.subscribe(subject, { callback: (_, message) => void inboxes.push(message.reply!) })
    const cancellation = new Cancellation()
    const late = request('late', cancellation)
    cancellation.cancel()
    await expect(late).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    const next = request('next')
    await connection.flush()
    for (const to of inboxes) connection.publish(to, reply(to === inboxes[0] ? 'late' : 'next'))
    expect([inboxes.length, await next]).toEqual([2, { value: 'next' }])
  })

  it.each(['', 'hello', 'V{'])('fails a call whose reply is none of ours, which is not the same as nobody: %j', async (text) => {
    answerWith(() => text)
    await expect(request()).rejects.toThrow(expect.not.objectContaining({ code: 'DEPENDENCY_UNAVAILABLE' }) as Error)
  })

  it('says at once that nobody listens', async () => {
    await expect(request()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
  })

  it('ends a call when it is cancelled, tells where its reply was to come, and overlooks that', async () => {
    answerWith(() => undefined)
    const cancellation = new Cancellation()
    const told: string[] = []
    const call = request('hello', cancellation, (to) => told.push(to))
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
    answerWith(reply)
    const cancellation = new Cancellation()
    const told: string[] = []
    expect(await request('hello', cancellation, (to) => told.push(to))).toEqual({ value: 'hello' })
    cancellation.cancel()
    expect(told).toEqual([])
  })

  it('fails all calls on their way at once, and none that comes later', async () => {
    const silence = answerWith(() => undefined)
    const calls = Promise.allSettled([request(), request(), request()])
    inbox.failAll(portErrors.DEPENDENCY_UNAVAILABLE())
    for (const end of await calls) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_UNAVAILABLE' } })
    silence.unsubscribe()
    answerWith(reply)
    expect(await request('again')).toEqual({ value: 'again' })
  })
})
