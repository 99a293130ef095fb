import { Cancellation, portErrors } from '@kilomega/ports'
import { describeWithNats, openNats, type TestNats } from '@kilomega/testing'
import { connect, createInbox, type NatsConnection } from '@nats-io/transport-node'
import { ReplyInbox } from './reply-inbox.js'
import { encodeReply } from './wire.js'

let nats: TestNats
let connection: NatsConnection
let inbox: ReplyInbox
let prefix: string
const answerTo = (text: string) => encodeReply({ value: text })
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

  const request = (text = 'hello', cancellation = new Cancellation(), onCancel: (to: string) => void = () => undefined) =>
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
    connection.subscribe(subject, {
      callback: (_, message) => void waiting.push(() => message.respond(answerTo(message.string().toUpperCase()))),
    })
    const calls = ['a', 'b', 'c', 'd'].map((text) => request(text))
    await connection.flush()
    for (const answer of waiting.reverse()) answer()
    expect(await Promise.all(calls)).toEqual(['A', 'B', 'C', 'D'].map((value) => ({ value })))
  })

  it('takes the first reply, and ignores a second one and replies to no call', async () => {
    connection.subscribe(subject, {
      callback: (_, message) => {
        const number = Number(message.reply!.slice(prefix.length + 1))
        for (const last of ['0', '99', 'NaN', '-1', `0${number}`, `${number}.0`, `${number}e0`, `+${number}`, '__proto__', 'constructor', 'length'])
          if (!last.includes('.')) connection.publish(`${prefix}.${last}`, answerTo('to no call'))
        message.respond(answerTo('first'))
        message.respond(answerTo('second'))
      },
    })
    expect(await request()).toEqual({ value: 'first' })
    await connection.flush()
    expect(await request()).toEqual({ value: 'first' })
  })

  it('does not give a late reply to the next call', async () => {
    const calls: [to: string, text: string][] = []
    connection.subscribe(subject, { callback: (_, message) => void calls.push([message.reply!, message.string()]) })
    const cancellation = new Cancellation()
    const late = request('late', cancellation)
    cancellation.cancel()
    await expect(late).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    const next = request('next')
    await connection.flush()
    for (const [to, call] of calls) connection.publish(to, answerTo(call))
    expect(await next).toEqual({ value: 'next' })
    expect(calls[0]![0]).not.toBe(calls[1]![0])
  })

  it.each(['', 'hello', 'V{', 'E{}', '7'])('fails a call whose reply is malformed, with another error than if nobody answers: %j', async (text) => {
    answerWith(() => text)
    await expect(request()).rejects.toThrow(expect.not.objectContaining({ code: 'DEPENDENCY_UNAVAILABLE' }) as Error)
  })

  it('refuses more calls at once than it has slots, and has all slots again when those calls have ended', async () => {
    answerWith(() => undefined)
    const cancellation = new Cancellation()
    const calls = Array.from({ length: 2 ** 16 }, () => request('', cancellation))
    await expect(request()).rejects.toMatchObject({ code: 'PORT_OVERLOADED' })
    cancellation.cancel()
    for (const end of await Promise.allSettled(calls)) expect(end).toMatchObject({ reason: { code: 'CALL_CANCELLED' } })
    connection.subscribe(subject, { callback: (_, message) => void message.respond(answerTo('back')) })
    expect(await request('again')).toEqual({ value: 'back' })
  })

  it('keeps no slot for a call that could not be sent', async () => {
    const large = 'x'.repeat(connection.info!.max_payload + 1)
    for (let index = 0; index < 3; index += 1) await expect(request(large)).rejects.toThrow('max_payload')
    expect(inbox['pending'].size).toBe(0)
  })

  it('fails at once if nobody answers the port', async () => {
    await expect(request()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
  })

  it('ends a call when it is cancelled, reports its name, and ignores its reply', async () => {
    answerWith(() => undefined)
    const cancellation = new Cancellation()
    const cancelled: string[] = []
    const call = request('hello', cancellation, (to) => cancelled.push(to))
    cancellation.cancel()
    await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    expect(cancelled).toEqual([`${prefix}.1`])
    connection.publish(`${prefix}.1`, answerTo('late'))
    await connection.flush()
  })

  it('ends a call that was cancelled before it was sent', async () => {
    const cancellation = new Cancellation()
    cancellation.cancel()
    await expect(request('hello', cancellation)).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  })

  it('ignores a cancellation after the reply', async () => {
    answerWith(answerTo)
    const cancellation = new Cancellation()
    const cancelled: string[] = []
    expect(await request('hello', cancellation, (to) => cancelled.push(to))).toEqual({ value: 'hello' })
    cancellation.cancel()
    expect(cancelled).toEqual([])
  })

  it('fails all pending calls at once, and none that comes later', async () => {
    const silence = answerWith(() => undefined)
    const calls = Promise.allSettled([request(), request(), request()])
    inbox.failAll(portErrors.DEPENDENCY_UNAVAILABLE())
    for (const end of await calls) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'DEPENDENCY_UNAVAILABLE' } })
    silence.unsubscribe()
    answerWith(answerTo)
    expect(await request('again')).toEqual({ value: 'again' })
  })
})
