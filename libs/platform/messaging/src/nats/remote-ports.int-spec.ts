import { anonymous, AppError, Cancellation, currentCall, type Envelope, maxPayloadBytes, portClient, type Reply } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { HarbourPort } from '../../test/harbour-port.js'
import { ann, as, NatsSide } from '../../test/nats-side.js'
import { makeServiceKey } from './nkey.js'

const keys = { caller: makeServiceKey(), host: makeServiceKey() }

let nats: TestNats
let caller: NatsSide
let host: NatsSide
const others: NatsSide[] = []

const openSide = async (options: Partial<ConstructorParameters<typeof NatsSide>[0]> = {}) => {
  const side = await NatsSide.open({ url: nats.url, trusts: Object.values(keys), ...options })
  others.push(side)
  return side
}
const greet = (name: string, timeLeftMs = 10_000): Envelope => {
  return { port: 'harbour', operation: 'greet', input: { name }, timeLeftMs, actor: anonymous, trace: { requestId: 'test' } }
}
const send = (envelope: Envelope, side = caller, cancellation?: Cancellation): Promise<Reply> =>
  side.remote.transportTo(HarbourPort)(envelope, cancellation)
const failureOf = async (work: Promise<unknown>) => {
  const startedMs = performance.now()
  const error: unknown = await work.then(
    (answer) => ({ answered: answer }),
    (error: unknown) => error,
  )
  return { error, afterMs: performance.now() - startedMs }
}

describeWithOwnNats('A call to another process', () => {
  beforeAll(async () => {
    nats = await openNats({ own: true })
  })
  beforeEach(async () => {
    caller = await openSide({ key: keys.caller })
    host = await openSide({ key: keys.host })
  })
  afterEach(async () => {
    await Promise.all(others.splice(0).map((side) => side.close()))
  })
  afterAll(() => nats.close())

  it('is unavailable at once if no process answers the port', async () => {
    const failures: Awaited<ReturnType<typeof failureOf>>[] = []
    for (let call = 0; call < 10; call += 1) failures.push(await failureOf(send(greet('Beagle'))))
    for (const { error } of failures) expect(error).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', kind: 'unavailable' })
    // The fastest of ten, because a busy machine may slow down some of them.
    expect(Math.min(...failures.map(({ afterMs }) => afterMs))).toBeLessThan(50)
  })

  it('is still unavailable in the end for a caller that retries', async () => {
    const { error, afterMs } = await failureOf(portClient(HarbourPort, caller.remote.transportTo(HarbourPort)).greet({ name: 'Beagle' }))
    expect(error).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
    expect(afterMs).toBeLessThan(1_000)
  })

  it('arrives with its actor, its time left, its trace and its key', async () => {
    let seen = currentCall()
    await host.serve(HarbourPort, { moor: () => void (seen = currentCall()) })
    const client = portClient(HarbourPort, caller.remote.transportTo(HarbourPort))
    await as(ann, () => client.moor({ name: 'Beagle' }), { key: 'k', deadlineMs: performance.now() + 5_000 })
    expect(seen).toMatchObject({ actor: ann, trace: { requestId: 'test' }, key: 'k/harbour.moor' })
    expect(seen.timeLeftMs()).toBeLessThan(5_000)
    expect(seen.timeLeftMs()).toBeGreaterThan(3_000)
  })

  it('gets its own answer, even next to another process of the same service', async () => {
    await host.serve(HarbourPort, { greet: async ({ name }: { name: string }) => `Ahoy, ${name}` })
    const twin = await openSide({ key: keys.caller })
    const sides = [caller, twin]
    const replies = await Promise.all(Array.from({ length: 200 }, (_, index) => send(greet(`ship ${index}`), sides[index % 2])))
    expect(replies).toEqual(replies.map((_, index) => ({ value: `Ahoy, ship ${index}` })))
  })

  it('that is too large is refused and not sent', async () => {
    let arrived = 0
    const connection = await host.connected()
    connection.subscribe('port.harbour', { callback: () => void (arrived += 1) })
    await connection.flush()
    const { error } = await failureOf(send(greet('ä'.repeat(maxPayloadBytes / 2))))
    expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    await (await caller.connected()).flush()
    await connection.flush()
    expect(arrived).toBe(0)
  })

  it('that is cancelled is cancelled in the other process too', async () => {
    let aborted = false
    let started = false
    const cancellation = new Cancellation()
    await host.serve(HarbourPort, {
      greet: () =>
        new Promise((resolve) => {
          currentCall().signal.addEventListener('abort', () => ((aborted = true), resolve('late')))
          started = true
        }),
    })
    const call = failureOf(send(greet('Beagle'), caller, cancellation))
    await eventually(() => started)
    cancellation.cancel()
    expect((await call).error).toMatchObject({ code: 'CALL_CANCELLED' })
    await eventually(() => aborted)
  })

  it('that is overdue ends at its deadline, in the other process too', async () => {
    let aborted = false
    await host.serve(HarbourPort, {
      hurry: () => new Promise(() => currentCall().signal.addEventListener('abort', () => (aborted = true))),
    })
    const { error, afterMs } = await failureOf(portClient(HarbourPort, caller.remote.transportTo(HarbourPort)).hurry({ name: 'Beagle' }))
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(afterMs).toBeLessThan(600)
    await eventually(() => aborted)
  })

  it('that arrives with no time left is not started', async () => {
    let started = 0
    await host.serve(HarbourPort, { greet: () => (started += 1) })
    expect(await send(greet('Beagle', 0))).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' } })
    expect(started).toBe(0)
  })

  it('ends at its deadline if the NATS server hangs', async () => {
    await host.serve(HarbourPort, { hurry: () => 'Ahoy' })
    await nats.server.pause()
    // A signal stops the server's threads one after another, so it may still deliver a call or two.
    const { error, afterMs } = await eventually(async () => {
      const end = await failureOf(portClient(HarbourPort, caller.remote.transportTo(HarbourPort)).hurry({ name: 'Beagle' }))
      expect(end.error).toBeInstanceOf(AppError)
      return end
    })
    nats.server.resume()
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(afterMs).toBeLessThan(600)
  })
})

describeWithOwnNats('When NATS is lost', () => {
  beforeAll(async () => {
    nats = await openNats({ own: true })
  })
  beforeEach(async () => {
    await nats.restart()
    caller = await openSide({ key: keys.caller })
    host = await openSide({ key: keys.host })
  })
  afterEach(async () => {
    await Promise.all(others.splice(0).map((side) => side.close()))
  })
  afterAll(() => nats.close())

  const lost = async () => {
    await nats.server.kill()
    await eventually(() => caller.link.connection === undefined && host.link.connection === undefined)
  }

  it('a call is unavailable at once', async () => {
    await host.serve(HarbourPort, { greet: () => 'Ahoy' })
    await lost()
    const { error, afterMs } = await failureOf(send(greet('Beagle')))
    expect(error).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
    expect(afterMs).toBeLessThan(50)
  })

  it('a call that is in progress fails as unavailable, and does not wait for its deadline', async () => {
    let started = false
    await host.serve(HarbourPort, { greet: () => ((started = true), new Promise(() => undefined)) })
    const call = failureOf(send(greet('Beagle', 3_600_000)))
    await eventually(() => started)
    await lost()
    const { error, afterMs } = await call
    expect(error).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' })
    expect(afterMs).toBeLessThan(5_000)
  })

  it('an answer that comes too late does no harm, and the next call is answered', async () => {
    let release = (): void => undefined
    const late = new Promise<string>((resolve) => (release = () => resolve('late')))
    let calls = 0
    await host.serve(HarbourPort, { greet: () => (++calls === 1 ? late : 'Ahoy') })
    const call = failureOf(send(greet('Beagle')))
    await eventually(() => calls === 1)
    await lost()
    release()
    await call
    await nats.restart()
    await eventually(async () => expect(await send(greet('Beagle'))).toEqual({ value: 'Ahoy' }), 4_000)
  })

  it('calls are answered again within 4 s of its return, repeatedly, by the same processes', async () => {
    await host.serve(HarbourPort, { greet: () => 'Ahoy' })
    for (let round = 1; round <= 3; round += 1) {
      await lost()
      await nats.restart()
      const backMs = performance.now()
      await eventually(async () => expect(await send(greet('Beagle'))).toEqual({ value: 'Ahoy' }), 4_000)
      expect(performance.now() - backMs).toBeLessThan(4_000)
    }
    expect(caller.signals.of('nats.disconnected')).toHaveLength(3)
    expect(caller.signals.of('nats.connected')).toHaveLength(4)
  })

  it('a process that starts meanwhile is up, reports that NATS is missing, and serves once NATS is back', async () => {
    await nats.server.kill()
    const early = new NatsSide({ url: nats.url, key: keys.host, trusts: Object.values(keys) })
    others.push(early)
    early.link.watch({ required: true })
    expect(await early.health.report()).toMatchObject({ ready: false, checks: [{ name: 'nats', up: false }] })
    await nats.restart()
    await early.serve(HarbourPort, { greet: () => 'Ahoy' })
    await eventually(async () => expect(await send(greet('Beagle'))).toEqual({ value: 'Ahoy' }), 4_000)
  })
})
