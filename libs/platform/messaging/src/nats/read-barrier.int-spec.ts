import { anonymous, type Envelope } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, TcpProxy, type TestNats } from '@kilomega/testing'
import { HarbourPort } from '../../test/harbour-port.js'
import { NatsSide } from '../../test/nats-side.js'
import { makeServiceKey } from './nkey.js'
import { inboxPrefix } from './subjects.js'
import { encodeCall } from './wire.js'

const keys = { caller: makeServiceKey(), host: makeServiceKey() }
const greet = (name: string): Envelope => {
  return { port: 'harbour', operation: 'greet', input: { name }, timeLeftMs: 10_000, actor: anonymous, trace: { requestId: 'test' } }
}
const between = 'x'.repeat(10_000)

let nats: TestNats
let proxy: TcpProxy
let caller: NatsSide
let host: NatsSide

/** Blocks the event loop, as if the process was stopped. */
const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

describeWithOwnNats('A port server whose process stood still while calls waited', () => {
  const greeted: string[] = []
  beforeAll(async () => {
    nats = await openNats({ own: true })
    proxy = await TcpProxy.open({ port: Number(new URL(nats.url).port) })
    const trusts = Object.values(keys)
    caller = await NatsSide.open({ url: nats.url, key: keys.caller, trusts })
    host = await NatsSide.open({ url: `nats://127.0.0.1:${proxy.port}`, key: keys.host, trusts })
    await host.serve(HarbourPort, { greet: ({ name }: { name: string }) => (greeted.push(name), `Ahoy, ${name}`) })
  })
  afterAll(async () => {
    await Promise.all([caller, host].map((side) => side.close()))
    await proxy.close()
    await nats.close()
  })

  it('does not run calls whose caller has given up, however far behind the call the cancellation is, and runs the others', async () => {
    const connection = await caller.connected()
    const inbox = `${inboxPrefix(keys.caller.publicKey)}.waiting`
    const answered: string[] = []
    connection.subscribe(`${inbox}.*`, { callback: (_, { subject }) => void answered.push(subject.split('.').at(-1)!) })
    const send = (name: string) => connection.publish('port.harbour', encodeCall(greet(name), caller.remote.contexts!), { reply: `${inbox}.${name}` })

    proxy.hang()
    send('late')
    // 1 MB: far more than one read from a socket returns.
    for (let index = 0; index < 100; index += 1) connection.publish('cancel.harbour', between)
    connection.publish('cancel.harbour', `${inbox}.late`)
    send('patient')
    await connection.flush()
    standStill(300)
    await proxy.heal()

    await eventually(() => answered.includes('patient'), 10_000)
    expect(greeted).toEqual(['patient'])
    expect(answered).toEqual(['patient'])
  })
})
