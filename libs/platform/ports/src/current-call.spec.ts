import { anonymous, system } from './actor.js'
import { SystemClock } from './clock.js'
import { CurrentCall, currentCall, runCall } from './current-call.js'

const trace = { requestId: 'r1' }

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

  it('has a signal that aborts at the deadline, the same one at each look', async () => {
    const call = new CurrentCall({ actor: system, trace, deadlineMs: performance.now() + 5 })
    expect(call.signal).toBe(call.signal)
    await new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    expect(call.timeLeftMs()).toBeLessThanOrEqual(1)
  })

  it('has a signal that aborts when the caller gives up before', () => {
    const giveUp = new AbortController()
    const call = new CurrentCall({ actor: system, trace, deadlineMs: performance.now() + 60_000, cancelled: giveUp.signal })
    expect(call.signal.aborted).toBe(false)
    giveUp.abort()
    expect(call.signal.aborted).toBe(true)
  })
})

it('the clock of the system shows the time', () => {
  expect(Math.abs(new SystemClock().now().getTime() - Date.now())).toBeLessThan(1_000)
})
