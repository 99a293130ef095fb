import { anonymous, type Envelope, portClient } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { HarbourPort } from '../../test/harbour-port.js'
import { NatsSide } from '../../test/nats-side.js'
import { makeServiceKey, SigningKey } from './nkey.js'
import { SignedContexts } from './signed-context.js'
import { keyId } from './subjects.js'
import { decodeReply, encodeCall } from './wire.js'

const keys = { caller: makeServiceKey(), host: makeServiceKey() }
const greet = (name: string): Envelope => {
  return { port: 'harbour', operation: 'greet', input: { name }, timeLeftMs: 10_000, actor: anonymous, trace: { requestId: 'test' } }
}
/** Answers a little later, so that several calls are in progress at once, and records them. */
class Harbour {
  readonly greeted: string[] = []
  async greet({ name }: { name: string }): Promise<string> {
    await new Promise(setImmediate)
    this.greeted.push(name)
    return `Ahoy, ${name}`
  }
}

let nats: TestNats
let caller: NatsSide
let hosts: NatsSide[]

describeWithOwnNats('A server of a port', () => {
  beforeAll(async () => {
    nats = await openNats({ own: true })
  })
  beforeEach(async () => {
    const trusts = Object.values(keys)
    caller = await NatsSide.open({ url: nats.url, key: keys.caller, trusts })
    hosts = await Promise.all([1, 2].map(() => NatsSide.open({ url: nats.url, key: keys.host, trusts })))
  })
  afterEach(async () => {
    await Promise.all([caller, ...hosts].map((side) => side.close()))
  })
  afterAll(() => nats.close())

  const send = (envelope: Envelope) => caller.remote.transportTo(HarbourPort)(envelope)

  it('shares the calls with the other instances, and each call runs in one of them', async () => {
    const harbours = [new Harbour(), new Harbour()]
    await Promise.all(hosts.map((host, index) => host.serve(HarbourPort, harbours[index]!)))
    const names = Array.from({ length: 400 }, (_, index) => `ship ${index}`)
    await Promise.all(names.map((name) => send(greet(name))))
    const [first, second] = harbours.map(({ greeted }) => greeted) as [string[], string[]]
    expect([...first, ...second].sort()).toEqual([...names].sort())
    expect(Math.min(first.length, second.length)).toBeGreaterThan(50)
  })

  it('that drains answers the calls that have arrived and takes no new ones, while another takes over: no call of 1,000 is lost', async () => {
    const [leaving, staying] = [new Harbour(), new Harbour()]
    const server = await hosts[0]!.serve(HarbourPort, leaving)
    await hosts[1]!.serve(HarbourPort, staying)
    let drained: Promise<void> | undefined
    let takenUntilDrained = -1
    const replies = []
    for (let index = 0; index < 1_000; index += 1) {
      replies.push(send(greet(`ship ${index}`)))
      if (index === 500) drained = server.drain().then(() => void (takenUntilDrained = leaving.greeted.length))
      // About 40 are in progress at any time.
      if (index % 20 === 0) await replies[index - 20]
    }
    expect(await Promise.all(replies)).toEqual(replies.map((_, index) => ({ value: `Ahoy, ship ${index}` })))
    await drained
    expect(leaving.greeted.length + staying.greeted.length).toBe(1_000)
    expect(leaving.greeted.length).toBe(takenUntilDrained)
    expect(leaving.greeted.length).toBeGreaterThan(0)
    await Promise.all(Array.from({ length: 50 }, () => send(greet('late'))))
    expect(leaving.greeted).not.toContain('late')
  })

  it('has drained only once the running call is answered', async () => {
    let answer = (_: string): void => undefined
    let started = false
    let drained = false
    const service = { greet: () => ((started = true), new Promise<string>((resolve) => (answer = resolve))) }
    const server = await hosts[0]!.serve(HarbourPort, service)
    const call = send(greet('Beagle'))
    await eventually(() => started)
    const draining = server.drain().then(() => (drained = true))
    await (await hosts[0]!.connected()).flush()
    expect(drained).toBe(false)
    answer('Ahoy')
    expect(await call).toEqual({ value: 'Ahoy' })
    await draining
  })

  it('that drains does not wait for a service that never answers, once the call’s deadline has passed', async () => {
    const started: string[] = []
    const server = await hosts[0]!.serve(HarbourPort, { hurry: ({ name }: { name: string }) => (started.push(name), new Promise(() => undefined)) })
    // A caller that offers an hour gets no more than the operation's own timeout.
    const waiting = send({ ...greet('Beagle'), operation: 'hurry', timeLeftMs: 3_600_000 })
    await eventually(() => started.length === 1)
    await server.drain()
    expect(await waiting).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' } })
  })

  it('takes calls again after the deadlines of 1,000 calls that never answer', async () => {
    await hosts[0]!.serve(HarbourPort, {
      hurry: ({ name }: { name: string }) => (name === 'Beagle' ? 'Ahoy' : new Promise(() => undefined)),
    })
    const client = portClient(HarbourPort, caller.remote.transportTo(HarbourPort))
    const ends = await Promise.allSettled(Array.from({ length: 1_000 }, () => client.hurry({ name: 'Titanic' })))
    expect(ends.filter((end) => end.status === 'rejected' && (end.reason as { code: string }).code === 'DEADLINE_EXCEEDED')).toHaveLength(1_000)
    await eventually(async () => expect(await client.hurry({ name: 'Beagle' })).toBe('Ahoy'), 2_000)
  })

  it.each([-45_000, 45_000, -130_000, 130_000])(
    'reports both clocks if a caller’s differs by %d ms, and refuses the call if they are too far apart',
    async (apartMs) => {
      const [host] = hosts
      await host!.serve(HarbourPort, new Harbour())
      const contexts = new SignedContexts(new SigningKey(keys.caller.seed.reveal()), [], () => Date.now() + apartMs)
      const reply = await (await caller.connected()).request('port.harbour', encodeCall(greet('Beagle'), contexts))
      const answer =
        Math.abs(apartMs) > 120_000 ? { error: expect.objectContaining({ code: 'UNAUTHENTICATED' }) as object } : { value: 'Ahoy, Beagle' }
      expect(decodeReply(reply.string())).toEqual(answer)
      expect(host!.signals.of('nats.clocks-apart')).toMatchObject([{ fields: { caller: keyId(keys.caller.publicKey), aheadS: apartMs / 1_000 } }])
      const { checks } = await host!.health.report()
      expect(checks.find(({ name }) => name === 'clocks')?.problem).toContain(`is ${Math.abs(apartMs) / 1_000} s ${apartMs > 0 ? 'ahead' : 'behind'}`)
    },
  )

  it('passes ready-made JSON on as it is, and the other side does not parse it either', async () => {
    const made = '{"ships":  [ {"name":"Beagle"} ]}'
    await hosts[0]!.serve(HarbourPort, { list: () => made })
    expect(await portClient(HarbourPort, caller.remote.transportTo(HarbourPort)).list({})).toBe(made)
    await hosts[0]!.close()
    await hosts[1]!.serve(HarbourPort, { list: () => '{"ships":  never read' })
    expect(await portClient(HarbourPort, caller.remote.transportTo(HarbourPort)).list({})).toBe('{"ships":  never read')
  })

  it('replies with an error if an answer is too large, and does not send the answer', async () => {
    await hosts[0]!.serve(HarbourPort, { greet: () => 'ä'.repeat(300_000) })
    expect(await send(greet('Beagle'))).toMatchObject({ error: { code: 'PAYLOAD_TOO_LARGE' } })
  })

  it('refuses a message without a reply subject, and does not run it', async () => {
    const harbour = new Harbour()
    await hosts[0]!.serve(HarbourPort, harbour)
    const connection = await caller.connected()
    connection.publish('port.harbour', JSON.stringify(greet('nobody')))
    await eventually(() => hosts[0]!.signals.of('port.message-refused').length === 1)
    expect(await send(greet('Beagle'))).toEqual({ value: 'Ahoy, Beagle' })
    expect(harbour.greeted).toEqual(['Beagle'])
  })

  it('ignores cancellations of calls that it does not have', async () => {
    await hosts[0]!.serve(HarbourPort, new Harbour())
    const connection = await caller.connected()
    for (const name of ['', 'unknown', '_INBOX.x.1', '\u0000', 'x'.repeat(10_000)]) connection.publish('cancel.harbour', name)
    expect(await send(greet('Beagle'))).toEqual({ value: 'Ahoy, Beagle' })
  })

  it('survives the closing of its connection during a call', async () => {
    let answer = (_: string): void => undefined
    const service = { greet: () => new Promise<string>((resolve) => (answer = resolve)), list: () => '{}' }
    await hosts[0]!.serve(HarbourPort, service)
    const crashes: unknown[] = []
    const crash = (error: unknown): void => void crashes.push(error)
    process.on('unhandledRejection', crash)
    const call = send(greet('Beagle')).catch((error: unknown) => error)
    await send({ ...greet(''), operation: 'list', input: {} })
    await hosts[0]!.close()
    answer('too late')
    await hosts[1]!.serve(HarbourPort, new Harbour())
    expect(await send(greet('Bounty'))).toEqual({ value: 'Ahoy, Bounty' })
    process.off('unhandledRejection', crash)
    expect(crashes).toEqual([])
    await caller.close()
    expect(await call).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
  })
})

describeWithOwnNats('A nats-server whose limit is below the size of an answer', () => {
  it('crashes neither process, and those calls end without an answer', async () => {
    const small = await openNats({ configuration: 'max_payload: 100000' })
    const trusts = Object.values(keys)
    const asking = await NatsSide.open({ url: small.url, key: keys.caller, trusts })
    const answering = await NatsSide.open({ url: small.url, key: keys.host, trusts })
    await answering.serve(HarbourPort, { hurry: ({ name }: { name: string }) => (name === 'Great Eastern' ? 'x'.repeat(200_000) : 'Ahoy') })
    const client = portClient(HarbourPort, asking.remote.transportTo(HarbourPort))
    await expect(client.hurry({ name: 'Great Eastern' })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(answering.signals.of('port.message-refused')).toHaveLength(1)
    await expect(client.hurry({ name: 'x'.repeat(200_000) })).rejects.toThrow('max_payload')
    expect(await client.hurry({ name: 'Beagle' })).toBe('Ahoy')
    await Promise.all([asking.close(), answering.close()])
    await small.close()
  })
})
