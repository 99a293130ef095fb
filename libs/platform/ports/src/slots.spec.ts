import { z } from 'zod'
import { system } from './actor.js'
import { type AppError } from './app-error.js'
import { portClient } from './client.js'
import { CurrentCall, runCall } from './current-call.js'
import type { Envelope, Transport } from './envelope.js'
import { portHandler } from './handler.js'
import { honest } from './honest.js'
import { query } from './operation.js'
import { type CallReport, overduePerSlot } from './slots.js'
import { port } from './port.js'

abstract class QuayPort extends port('quay', {
  moor: query({ input: z.string(), output: z.string(), timeoutMs: 60, access: 'anyone' }),
}) {}

const slots = 20
let endings: (() => void)[] = []
let reports: CallReport[] = []
/** Answers everything but `stay`, which runs until the test ends it. */
const service = {
  moor: (name: string) => (name === 'stay' ? new Promise<string>((resolve) => endings.push(() => resolve(name))) : name),
}
const quay = () => portHandler(QuayPort, service, { maxConcurrent: slots, report: (report) => reports.push(report) })
const envelope = (input: string, timeLeftMs = 60): Envelope => ({
  port: 'quay',
  operation: 'moor',
  input,
  timeLeftMs,
  actor: system,
  trace: { requestId: 'r' },
})
const callQuay = (transport: Transport, name: string): Promise<unknown> =>
  runCall(new CurrentCall({ actor: system, trace: { requestId: 'r' } }), () => portClient(QuayPort, transport).moor(name)).catch(
    (error: AppError) => error.code,
  )
const all = (transport: Transport, count: number) => Promise.all(Array.from({ length: count }, () => callQuay(transport, 'stay')))
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise(setImmediate)
}
const overdue = (state: CallReport['overdue']) => reports.filter((report) => report.overdue === state)

beforeEach(() => {
  endings = []
  reports = []
})
afterEach(() => endings.forEach((end) => end()))

describe.each<[string, (handler: Transport) => Transport]>([
  ['a direct call', (handler) => handler],
  ['JSON', honest],
])('the slots of a port over %s', (_, over) => {
  it('are all free again at the deadlines of calls that never answer, however often', async () => {
    const transport = over(quay())
    for (let round = 1; round <= 3; round += 1) {
      expect(await all(transport, slots)).toEqual(Array.from({ length: slots }, () => 'DEADLINE_EXCEEDED'))
      await until(() => overdue('running').length === round * slots)
      expect(await callQuay(transport, 'Beagle')).toBe('Beagle')
    }
  })

  it('are taken until then', async () => {
    const transport = over(quay())
    const waiting = all(transport, slots)
    expect(await callQuay(transport, 'Beagle')).toBe('PORT_OVERLOADED')
    await waiting
  })

  it('are freed once: a call that ends after its deadline does not free a second one', async () => {
    const transport = over(quay())
    await all(transport, slots)
    await until(() => overdue('running').length === slots)
    endings.splice(0).forEach((end) => end())
    await until(() => overdue('ended').length === slots)
    const waiting = all(transport, slots)
    expect(await callQuay(transport, 'Beagle')).toBe('PORT_OVERLOADED')
    await waiting
  })
})

describe('a call that runs after its deadline', () => {
  it('is reported at its deadline and again at its end, with its outcome', async () => {
    await callQuay(quay(), 'stay')
    await until(() => reports.length === 1)
    expect(reports[0]).toMatchObject({ overdue: 'running', error: { code: 'DEADLINE_EXCEEDED' }, durationMs: expect.any(Number) as number })
    endings.splice(0).forEach((end) => end())
    await until(() => reports.length === 2)
    expect(reports[1]).toMatchObject({ overdue: 'ended', error: undefined })
  })

  it('has no more time than its operation, whatever the envelope says', async () => {
    void quay()(envelope('stay', 3_600_000))
    await until(() => overdue('running').length === 1)
  })

  it('is one of a limited number: a port runs at most ten overdue calls for each of its slots', async () => {
    const handler = quay()
    for (let round = 1; round <= overduePerSlot; round += 1) {
      for (let call = 0; call < slots; call += 1) void handler(envelope('stay', 1))
      await until(() => overdue('running').length === round * slots)
    }
    expect(await handler(envelope('Beagle'))).toMatchObject({ error: { code: 'PORT_OVERLOADED' } })
    endings.pop()!()
    await until(() => overdue('ended').length === 1)
    expect(await handler(envelope('Beagle'))).toEqual({ value: 'Beagle' })
  })

  it('is given up a minute later: calls that never end do not block the port', async () => {
    const handler = quay()
    jest.useFakeTimers({ now: 0, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      for (let round = 1; round <= overduePerSlot; round += 1) {
        for (let call = 0; call < slots; call += 1) void handler(envelope('stay', 1))
        await new Promise(setImmediate)
        await jest.advanceTimersByTimeAsync(40)
      }
      expect(await handler(envelope('Beagle'))).toMatchObject({ error: { code: 'PORT_OVERLOADED' } })
      await jest.advanceTimersByTimeAsync(60_100)
      expect(overdue('given up')).toHaveLength(overduePerSlot * slots)
      expect(await handler(envelope('Beagle'))).toEqual({ value: 'Beagle' })
    } finally {
      jest.useRealTimers()
    }
  })
})
