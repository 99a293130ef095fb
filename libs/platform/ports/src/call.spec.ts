import { z } from 'zod'
import { type Actor, system } from './actor.js'
import { AppError } from './app-error.js'
import { Cancellation } from './cancellation.js'
import { portClient } from './client.js'
import { CurrentCall, currentCall, runCall } from './current-call.js'
import { type Envelope, type Transport } from './envelope.js'
import { portErrors } from './errors.js'
import { type HandlerOptions, portHandler } from './handler.js'
import { honest } from './honest.js'
import { jsonText } from './json-text.js'
import { command, query } from './operation.js'
import type { CallReport } from './slots.js'
import { port } from './port.js'

const Ship = z.object({ name: z.string().min(1).max(600_000) })

abstract class HarbourPort extends port('harbour', {
  find: query({ input: Ship, output: Ship, timeoutMs: 200, access: 'anyone' }),
  list: query({ input: z.object({}), output: jsonText(z.array(Ship)), timeoutMs: 200, access: 'anyone' }),
  page: query({ input: z.object({}), output: z.object({ ships: jsonText(z.array(Ship)), more: z.boolean() }), timeoutMs: 200, access: 'anyone' }),
  build: command({ input: Ship, timeoutMs: 200, access: 'user' }),
  burn: command({ input: z.object({}), timeoutMs: 200 }),
  board: command({ input: z.object({}), timeoutMs: 200, access: 'anyone', repeat: 'never' }),
}) {}

const user: Actor = { kind: 'user', id: 'u1', role: 'user', sessionId: 's' }
const as = <T>(actor: Actor, work: () => T, more: { key?: string; timeLeftMs?: number } = {}): T =>
  runCall(new CurrentCall({ actor, trace: { requestId: 'r' }, key: more.key, deadlineMs: performance.now() + (more.timeLeftMs ?? 60_000) }), work)

const never = () => new Promise<never>(() => {})
const service = (parts: Partial<HarbourPort>): HarbourPort => ({
  find: async (ship) => ship,
  list: async () => '[{"name":"Beagle"}]',
  page: async () => ({ ships: '[{"name":"Beagle"}]', more: false }),
  build: async () => {},
  burn: async () => {},
  board: async () => {},
  ...parts,
})
const harbour = (parts: Partial<HarbourPort> = {}, options: HandlerOptions = {}): HarbourPort =>
  portClient(HarbourPort, honest(portHandler(HarbourPort, service(parts), options)), { checkAnswers: true })
const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'answered',
    (error: AppError) => error.code,
  )

it('a batch of events may call queries, and its commands are refused before anything is sent', async () => {
  const batch = new CurrentCall({ actor: system, trace: { requestId: 'r' }, isBatch: true })
  let burnt = 0
  const port = harbour({ burn: async () => void (burnt += 1) })
  await expect(runCall(batch, () => port.burn({}))).rejects.toMatchObject({ code: 'COMMAND_IN_BATCH', details: { command: 'harbour.burn' } })
  expect(burnt).toBe(0)
  expect(await runCall(batch, () => port.find({ name: 'Beagle' }))).toEqual({ name: 'Beagle' })
})

describe('a port call', () => {
  it('returns what the service returns', async () => {
    expect(await harbour().find({ name: 'Beagle' })).toEqual({ name: 'Beagle' })
    expect(await as(user, () => harbour().build({ name: 'Beagle' }))).toBeUndefined()
  })

  it('passes ready-made JSON through as it is', async () => {
    expect(await harbour().list({})).toBe('[{"name":"Beagle"}]')
  })

  it('takes answers as they are if they are not to be checked', async () => {
    const trusting = portClient(HarbourPort, portHandler(HarbourPort, service({ find: async () => ({ nom: 'Beagle' }) as never })))
    expect(await trusting.find({ name: 'x' })).toEqual({ nom: 'Beagle' })
  })

  it('drops fields that the schema does not know, so that versions may differ', async () => {
    expect(await harbour().find({ name: 'Beagle', masts: 3 } as never)).toEqual({ name: 'Beagle' })
  })

  it('names every invalid field', async () => {
    const failure = await harbour()
      .find({ name: 5 } as never)
      .catch((error: AppError) => error)
    expect(failure).toMatchObject({ code: 'VALIDATION_FAILED', details: { errors: [{ path: 'name', code: 'invalid_type' }] } })
  })

  it('names unknown fields if a schema is strict', async () => {
    abstract class StrictPort extends port('strict', {
      go: query({ input: z.strictObject({ inner: z.strictObject({}) }), timeoutMs: 100, access: 'anyone' }),
    }) {}
    const failure = portClient(StrictPort, portHandler(StrictPort, { go: () => {} })).go({ inner: { x: 1 } } as never)
    await expect(failure).rejects.toMatchObject({ details: { errors: [{ path: 'inner.x', code: 'unknown_field' }] } })
  })

  it('is refused to callers without access', async () => {
    expect(await codeOf(harbour().build({ name: 'Beagle' }))).toBe('UNAUTHENTICATED')
    expect(await codeOf(as(user, () => harbour().burn({})))).toBe('FORBIDDEN')
    expect(await codeOf(as(system, () => harbour().burn({})))).toBe('answered')
  })

  it('has the kind, code and details of the error that the service throws', async () => {
    const failing = harbour({ find: () => Promise.reject(portErrors.CONFLICT({ version: 2 })) })
    await expect(failing.find({ name: 'x' })).rejects.toMatchObject({ kind: 'conflict', code: 'CONFLICT', details: { version: 2 } })
  })

  it('hides the text of undeclared errors, and reports the original', async () => {
    const reports: CallReport[] = []
    const original = new Error('password is hunter2')
    const failing = harbour({ find: () => Promise.reject(original) }, { report: (report) => reports.push(report) })
    const failure = await failing.find({ name: 'x' }).catch((error: AppError) => error)
    expect(JSON.stringify((failure as AppError).toValue())).not.toContain('hunter2')
    expect(reports).toMatchObject([{ port: 'harbour', operation: 'find', error: original }])
  })

  it('reports how long it took', async () => {
    const reports: CallReport[] = []
    await harbour({}, { report: (report) => reports.push(report) }).find({ name: 'x' })
    expect(reports).toMatchObject([{ port: 'harbour', operation: 'find', durationMs: expect.any(Number) as number }])
  })

  it('refuses an answer that is not what the port declares', async () => {
    expect(await codeOf(harbour({ find: async () => ({ nom: 'Beagle' }) as never }).find({ name: 'x' }))).toBe('INTERNAL')
    expect(await codeOf(harbour({ list: async () => '[{}]' }).list({}))).toBe('INTERNAL')
    expect(await codeOf(harbour({ page: async () => ({ ships: '[{}]', more: true }) }).page({}))).toBe('INTERNAL')
  })
})

describe('the deadline', () => {
  it('frees the caller even if the service continues', async () => {
    expect(await codeOf(as(system, () => harbour({ find: never }).find({ name: 'x' }), { timeLeftMs: 10 }))).toBe('DEADLINE_EXCEEDED')
  })

  it('aborts the signal that the service listens to', async () => {
    const aborted = new Promise<void>((resolve) => {
      const waiting = harbour({ find: () => (currentCall().signal.addEventListener('abort', () => resolve()), never()) })
      void codeOf(as(system, () => waiting.find({ name: 'x' }), { timeLeftMs: 10 }))
    })
    await aborted
  })

  it('is the smaller of the operation and the time that the caller has left', async () => {
    let leftMs = 0
    const looking = harbour({ find: async (ship) => ((leftMs = currentCall().timeLeftMs()), ship) })
    await as(system, () => looking.find({ name: 'x' }))
    expect(leftMs).toBeLessThanOrEqual(200)
    await as(system, () => looking.find({ name: 'x' }), { timeLeftMs: 50 })
    expect(leftMs).toBeLessThanOrEqual(50)
  })

  it('sends nothing when no time is left, and runs nothing that arrives too late', async () => {
    let sent = 0
    const transport: Transport = async () => ((sent += 1), {})
    expect(await codeOf(as(system, () => portClient(HarbourPort, transport).burn({}), { timeLeftMs: 0 }))).toBe('DEADLINE_EXCEEDED')
    expect(sent).toBe(0)
    const late: Envelope = { port: 'harbour', operation: 'find', input: { name: 'x' }, timeLeftMs: 0, actor: system, trace: { requestId: 'r' } }
    expect(await portHandler(HarbourPort, service({}))(late)).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' } })
  })
})

describe('limits', () => {
  it('refuse more calls at once than the port allows, without making them wait', async () => {
    let finish = (): void => {}
    const slow = harbour({ find: (ship) => new Promise((resolve) => (finish = () => resolve(ship))) }, { maxConcurrent: 1 })
    const first = slow.find({ name: 'first' })
    expect(await codeOf(slow.find({ name: 'second' }))).toBe('PORT_OVERLOADED')
    finish()
    await first
    const third = slow.find({ name: 'third' })
    setImmediate(() => finish())
    expect(await third).toEqual({ name: 'third' })
  })

  it('refuse a payload over 512 KiB before it is sent', async () => {
    await expect(harbour().find({ name: 'x'.repeat(524_288) })).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { limitBytes: 524_288 } })
  })

  it('know only operations that the port declares', async () => {
    const envelope: Envelope = { port: 'harbour', operation: 'toString', input: {}, timeLeftMs: 10, actor: system, trace: { requestId: 'r' } }
    expect(await portHandler(HarbourPort, service({}))(envelope)).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })
})

describe('a strict local transport', () => {
  it('refuses inputs and answers that a wire would change', async () => {
    await expect(harbour().find({ name: 'x', at: new Date() } as never)).rejects.toThrow('an input that cannot cross a wire: $.input.at is a Date')
    await expect(harbour({ find: async () => ({ name: 'x', at: new Date() }) as never }).find({ name: 'x' })).rejects.toThrow('$.value.at is a Date')
  })

  it('shares no object between caller and service', async () => {
    const given = { name: 'x' }
    expect(await harbour().find(given)).not.toBe(given)
  })
})

describe('a retry', () => {
  /** Refuses this many times before it answers. */
  const reluctant = (times: number, counted = { sent: 0 }) => {
    const transport: Transport = async () => {
      counted.sent += 1
      if (counted.sent <= times) throw portErrors.DEPENDENCY_UNAVAILABLE()
      return { value: { name: 'Beagle' } }
    }
    return { counted, port: portClient(HarbourPort, transport) }
  }

  it('is made for a call that was unavailable, twice at most', async () => {
    const twice = reluctant(2)
    expect(await twice.port.find({ name: 'x' })).toEqual({ name: 'Beagle' })
    const thrice = reluctant(3)
    expect(await codeOf(as(user, () => thrice.port.build({ name: 'x' })))).toBe('DEPENDENCY_UNAVAILABLE')
    expect([twice.counted.sent, thrice.counted.sent]).toEqual([3, 3])
  })

  it('has the key of the first attempt', async () => {
    const keys = new Set<string | undefined>()
    const transport: Transport = async ({ key }) => (keys.add(key), { error: portErrors.PORT_OVERLOADED().toValue() })
    expect(await codeOf(portClient(HarbourPort, transport).build({ name: 'x' }))).toBe('PORT_OVERLOADED')
    expect(keys.size).toBe(1)
  })

  it('is not made for an operation that forbids it, nor after other errors', async () => {
    const secret = reluctant(1)
    expect(await codeOf(secret.port.board({}))).toBe('DEPENDENCY_UNAVAILABLE')
    let sent = 0
    const failing = portClient(HarbourPort, async () => ((sent += 1), { error: portErrors.CONFLICT().toValue() }))
    expect(await codeOf(failing.find({ name: 'x' }))).toBe('CONFLICT')
    expect([secret.counted.sent, sent]).toEqual([1, 1])
  })

  it('is not made when no time is left for it', async () => {
    const late = reluctant(1)
    expect(await codeOf(as(system, () => late.port.find({ name: 'x' }), { timeLeftMs: 20 }))).toBe('DEPENDENCY_UNAVAILABLE')
    expect(late.counted.sent).toBe(1)
  })

  it('is not made for a caller that gave up during the wait', async () => {
    const cancellation = new Cancellation()
    let sent = 0
    const transport: Transport = async () => {
      sent += 1
      setImmediate(() => cancellation.cancel())
      throw portErrors.DEPENDENCY_UNAVAILABLE()
    }
    jest.spyOn(Math, 'random').mockReturnValueOnce(0.99)
    const call = new CurrentCall({ actor: system, trace: { requestId: 'r' }, cancellation })
    expect(await codeOf(runCall(call, () => portClient(HarbourPort, transport).find({ name: 'x' })))).toBe('CALL_CANCELLED')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(sent).toBe(1)
  })

  it('is made for at most a tenth of the calls once the saved retries are used', async () => {
    const down = reluctant(Infinity)
    for (let call = 0; call < 100; call += 1) await codeOf(down.port.find({ name: 'x' }))
    expect(down.counted.sent).toBeLessThanOrEqual(120)
  })
})

describe('a caller that gives up', () => {
  it('cancels the calls that were made for it, however deep', async () => {
    const cancellation = new Cancellation()
    const seen: boolean[] = []
    const inner = harbour({ find: () => (currentCall().signal.addEventListener('abort', () => seen.push(true)), never()) })
    const outer = harbour({ find: (ship) => inner.find(ship) })
    const call = new CurrentCall({ actor: system, trace: { requestId: 'r' }, cancellation })
    void codeOf(runCall(call, () => outer.find({ name: 'x' })))
    await new Promise(setImmediate)
    cancellation.cancel()
    cancellation.cancel()
    expect(seen).toEqual([true])
  })

  it('sends nothing more', async () => {
    const cancellation = new Cancellation()
    cancellation.cancel()
    const call = new CurrentCall({ actor: system, trace: { requestId: 'r' }, cancellation })
    expect(await codeOf(runCall(call, () => harbour().find({ name: 'x' })))).toBe('CALL_CANCELLED')
    let calls = 0
    const remove = cancellation.onCancel(() => (calls += 1))
    remove()
    expect(calls).toBe(1)
  })
})

describe('the key of a command', () => {
  const keysOf = async (key?: string): Promise<(string | undefined)[]> => {
    const keys: (string | undefined)[] = []
    const keeping = harbour({ build: async () => void keys.push(currentCall().key), find: async (ship) => (keys.push(currentCall().key), ship) })
    await as(user, () => keeping.build({ name: 'x' }), { ...(key && { key }) })
    await as(user, () => keeping.find({ name: 'x' }), { ...(key && { key }) })
    return keys
  }

  it('is derived from the key of the call that it serves, so that a repeat is recognised', async () => {
    expect(await keysOf('order-1')).toEqual(['order-1/harbour.build', undefined])
  })

  it('is random if the caller has none, and says that only the platform knows it', async () => {
    const [first] = await keysOf()
    const [second] = await keysOf()
    expect(first).toMatch(/^own·[0-9a-f-]{36}$/)
    expect(second).not.toBe(first)
  })
})
