import { z } from 'zod'
import { system } from './actor.js'
import { portClient } from './client.js'
import { CurrentCall, currentCall, runCall } from './current-call.js'
import type { Envelope, Reply, Transport } from './envelope.js'
import { type Freshness, laterOf, nothingWritten, onlyPrimary } from './freshness.js'
import { portHandler } from './handler.js'
import { honest } from './honest.js'
import { command, query } from './operation.js'
import { port } from './port.js'

const Nothing = z.object({})
const Seen = z.object({ reads: z.string(), freshness: z.string() })
const [early, late] = ['00000001:0000000000000009', '00000001:0000000100000000']

abstract class LogPort extends port('log', {
  read: query({ input: Nothing, output: Seen, timeoutMs: 200 }),
  readAny: query({ input: Nothing, output: Seen, timeoutMs: 200, freshness: 'any' }),
  write: command({ input: z.object({ reaches: z.string() }), timeoutMs: 200 }),
  fail: command({ input: Nothing, timeoutMs: 200 }),
}) {}

const seen = async () => ({ reads: currentCall().reads, freshness: currentCall().freshness })
const service = {
  read: seen,
  readAny: seen,
  write: async ({ reaches }: { reaches: string }) => currentCall().noteWrite(reaches),
  fail: async () => {
    currentCall().noteWrite(late)
    throw new Error('after the commit')
  },
}
const handler = portHandler(LogPort, service)
const log = portClient(LogPort, honest(handler))

const callOf = (reads?: Freshness, freshness?: string) => new CurrentCall({ actor: system, trace: { requestId: 'r' }, reads, freshness })
const within = <T>(call: CurrentCall, work: () => Promise<T>) => runCall(call, work)

describe('Freshness', () => {
  it('sorts, and nothing is later than what only the primary has', () => {
    expect([late, onlyPrimary, nothingWritten, early].sort()).toEqual([nothingWritten, early, late, onlyPrimary])
    expect([laterOf(early, late), laterOf(late, early), laterOf(nothingWritten, early)]).toEqual([late, late, early])
  })

  it('travels with a query, which reads as it declares', async () => {
    const caller = callOf('own writes', early)
    expect(await within(caller, () => log.read({}))).toEqual({ reads: 'own writes', freshness: early })
    expect(await within(caller, () => log.readAny({}))).toEqual({ reads: 'any', freshness: early })
  })

  it('comes back from a command, and only ever rises', async () => {
    const caller = callOf('own writes', early)
    await within(caller, () => log.write({ reaches: late }))
    expect(caller.freshness).toBe(late)
    await within(caller, () => log.write({ reaches: early }))
    expect(caller.freshness).toBe(late)
  })

  it('comes back from a command that failed after its commit, too', async () => {
    const caller = callOf()
    await within(caller, () => log.fail({})).catch(() => undefined)
    expect(caller.freshness).toBe(late)
  })

  it('is that of the primary alone for what a command asks, because it decides about writes', async () => {
    expect(await within(callOf('primary', early), () => log.read({}))).toEqual({ reads: 'own writes', freshness: onlyPrimary })
    expect(await within(callOf(), () => log.readAny({}))).toMatchObject({ freshness: onlyPrimary })
  })

  it('is unknown after a command whose outcome is, and stays as it was after a query', async () => {
    const silent = portClient(LogPort, () => new Promise<never>(() => undefined))
    const caller = callOf('own writes', early)
    await within(caller, () => silent.read({})).catch(() => undefined)
    expect(caller.freshness).toBe(early)
    await within(caller, () => silent.write({ reaches: late })).catch(() => undefined)
    expect(caller.freshness).toBe(onlyPrimary)
  })

  it('is not sent to a caller of a version that knows none', async () => {
    const replies: Reply[] = []
    const old: Transport = async (envelope: Envelope, cancellation) => {
      const reply = await handler({ ...envelope, freshness: undefined }, cancellation)
      replies.push(reply)
      return reply
    }
    await within(callOf(), () => portClient(LogPort, old).write({ reaches: late }))
    expect(replies).toEqual([{}])
  })
})
