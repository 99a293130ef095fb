import { z } from 'zod'
import { system } from './actor.js'
import { type AppError } from './app-error.js'
import { portClient } from './client.js'
import { CurrentCall, runCall } from './current-call.js'
import type { Envelope, Transport } from './envelope.js'
import { portHandler } from './handler.js'
import { honest } from './honest.js'
import { query } from './operation.js'
import { type CallReport, overduePerPlace } from './places.js'
import { port } from './port.js'

abstract class QuayPort extends port('quay', {
  moor: query({ input: z.string(), output: z.string(), timeoutMs: 60, access: 'anyone' }),
}) {}

const places = 20
let endings: (() => void)[] = []
let reports: CallReport[] = []
/** Answers everything but `stay`, which goes on until somebody ends it. */
const service = {
  moor: (name: string) => (name === 'stay' ? new Promise<string>((resolve) => endings.push(() => resolve(name))) : name),
}
const quay = () => portHandler(QuayPort, service, { maxConcurrent: places, report: (report) => reports.push(report) })
const envelope = (input: string, timeLeftMs = 60): Envelope => ({
  port: 'quay',
  operation: 'moor',
  input,
  timeLeftMs,
  actor: system,
  trace: { requestId: 'r' },
})
const asked = (transport: Transport, name: string): Promise<unknown> =>
  runCall(new CurrentCall({ actor: system, trace: { requestId: 'r' } }), () => portClient(QuayPort, transport).moor(name)).catch(
    (error: AppError) => error.code,
  )
const all = (transport: Transport, count: number) => Promise.all(Array.from({ length: count }, () => asked(transport, 'stay')))
const free = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise(setImmediate)
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
])('the places of a port over %s', (_, over) => {
  it('are all free again at the deadlines of calls that never answer, however often', async () => {
    const transport = over(quay())
    for (let round = 1; round <= 3; round += 1) {
      expect(await all(transport, places)).toEqual(Array.from({ length: places }, () => 'DEADLINE_EXCEEDED'))
      await free(() => overdue('goes on').length === round * places)
      expect(await asked(transport, 'Beagle')).toBe('Beagle')
    }
  })

  it('are taken until then', async () => {
    const transport = over(quay())
    const waiting = all(transport, places)
    expect(await asked(transport, 'Beagle')).toBe('PORT_OVERLOADED')
    await waiting
  })

  it('are given back once: who ends after its deadline frees no second one', async () => {
    const transport = over(quay())
    await all(transport, places)
    await free(() => overdue('goes on').length === places)
    endings.splice(0).forEach((end) => end())
    await free(() => overdue('ended').length === places)
    const waiting = all(transport, places)
    expect(await asked(transport, 'Beagle')).toBe('PORT_OVERLOADED')
    await waiting
  })
})

describe('a call that goes on after its deadline', () => {
  it('is told of at its deadline and again at its end, with what came of it', async () => {
    await asked(quay(), 'stay')
    await free(() => reports.length === 1)
    expect(reports[0]).toMatchObject({ overdue: 'goes on', error: { code: 'DEADLINE_EXCEEDED' }, durationMs: expect.any(Number) as number })
    endings.splice(0).forEach((end) => end())
    await free(() => reports.length === 2)
    expect(reports[1]).toMatchObject({ overdue: 'ended', error: undefined })
  })

  it('has no more time than the operation, whatever an envelope says', async () => {
    void quay()(envelope('stay', 3_600_000))
    await free(() => overdue('goes on').length === 1)
  })

  it('is one of so many at most: a port does not begin more than its places ten times over in vain', async () => {
    const handler = quay()
    for (let round = 1; round <= overduePerPlace; round += 1) {
      for (let call = 0; call < places; call += 1) void handler(envelope('stay', 1))
      await free(() => overdue('goes on').length === round * places)
    }
    expect(await handler(envelope('Beagle'))).toMatchObject({ error: { code: 'PORT_OVERLOADED' } })
    endings.pop()!()
    await free(() => overdue('ended').length === 1)
    expect(await handler(envelope('Beagle'))).toEqual({ value: 'Beagle' })
  })

  it('is given up a minute later: what never ends closes no port', async () => {
    const handler = quay()
    jest.useFakeTimers({ now: 0, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] })
    try {
      for (let round = 1; round <= overduePerPlace; round += 1) {
        for (let call = 0; call < places; call += 1) void handler(envelope('stay', 1))
        await new Promise(setImmediate)
        await jest.advanceTimersByTimeAsync(40)
      }
      expect(await handler(envelope('Beagle'))).toMatchObject({ error: { code: 'PORT_OVERLOADED' } })
      await jest.advanceTimersByTimeAsync(60_100)
      expect(overdue('given up')).toHaveLength(overduePerPlace * places)
      expect(await handler(envelope('Beagle'))).toEqual({ value: 'Beagle' })
    } finally {
      jest.useRealTimers()
    }
  })
})
