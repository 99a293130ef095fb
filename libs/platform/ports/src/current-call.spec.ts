import { z } from 'zod'
import { anonymous, system } from './actor.js'
import { Cancellation } from './cancellation.js'
import { portClient } from './client.js'
import { SystemClock } from './clock.js'
import { CurrentCall, currentCall, runCall } from './current-call.js'
import { portHandler } from './handler.js'
import { query } from './operation.js'
import { port } from './port.js'

const trace = { requestId: 'r1' }

abstract class EchoPort extends port('echo', { say: query({ input: z.string(), output: z.string(), timeoutMs: 200, access: 'anyone' }) }) {}

describe('the current call', () => {
  it('is anonymous and without a deadline outside of any call', () => {
    expect(currentCall().actor).toBe(anonymous)
    expect(currentCall().timeLeftMs()).toBe(Infinity)
    expect(currentCall().signal.aborted).toBe(false)
  })

  it('is seen by everything that runs for it, and by nothing else', async () => {
    const call = new CurrentCall({ actor: system, trace, key: 'k' })
    const inside = runCall(call, async () => {
      await Promise.resolve()
      return currentCall()
    })
    expect(currentCall()).not.toBe(call)
    expect(await inside).toBe(call)
  })

  it('is the service’s while a port call runs, and the caller’s before, during and after it', async () => {
    const served: CurrentCall[] = []
    const say = async (text: string) => {
      served.push(currentCall())
      await new Promise(setImmediate)
      served.push(currentCall())
      return text
    }
    const echo = portClient(EchoPort, portHandler(EchoPort, { say }))
    const caller = new CurrentCall({ actor: system, trace })
    await runCall(caller, async () => {
      const both = Promise.all([echo.say('a'), echo.say('b')])
      expect(currentCall()).toBe(caller)
      await new Promise(setImmediate)
      expect(currentCall()).toBe(caller)
      expect(await both).toEqual(['a', 'b'])
      expect(currentCall()).toBe(caller)
    })
    expect(served.map((call) => served.indexOf(call))).toEqual([0, 1, 0, 1])
    expect(served).not.toContain(caller)
  })

  it('has a signal that aborts at the deadline, always the same one', async () => {
    const call = new CurrentCall({ actor: system, trace, deadlineMs: performance.now() + 5 })
    expect(call.signal).toBe(call.signal)
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    expect(call.timeLeftMs()).toBeLessThanOrEqual(1)
  })

  it('has a signal that aborts when the caller gives up earlier', () => {
    const cancellation = new Cancellation()
    const call = new CurrentCall({ actor: system, trace, deadlineMs: performance.now() + 60_000, cancellation })
    expect(call.signal.aborted).toBe(false)
    cancellation.cancel()
    expect(call.signal.aborted).toBe(true)
  })

  it('derives a key for each command that is called from it, the same ones when it is repeated', () => {
    const keys = () => {
      const call = new CurrentCall({ actor: system, trace, key: 'k' })
      return [call.deriveKey('ship.build'), call.deriveKey('ship.build'), call.deriveKey('ship.burn')]
    }
    expect(keys()).toEqual(['k/ship.build', 'k/ship.build#2', 'k/ship.burn'])
    expect(keys()).toEqual(keys())
    expect(new CurrentCall({ actor: system, trace }).deriveKey('ship.build')).toBeUndefined()
    expect(() => new CurrentCall({ actor: system, trace, isBatch: true }).deriveKey('ship.build')).toThrow('needs the key of one event')
  })
})

it('the system clock shows the time', () => {
  expect(Math.abs(new SystemClock().now().getTime() - Date.now())).toBeLessThan(1_000)
})
