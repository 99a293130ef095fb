import { CurrentCall, currentCall, runCall } from './current-call.js'
import { portClient } from './client.js'
import { portHandler } from './handler.js'
import { command } from './operation.js'
import { originOf } from './origin.js'
import { port } from './port.js'
import { system } from './actor.js'
import { z } from 'zod'

abstract class PlumbPort extends port('plumb', { measure: command({ input: z.object({}), output: z.string(), timeoutMs: 1_000 }) }) {}

const client = portClient(PlumbPort, portHandler(PlumbPort, { measure: async () => currentCall().origin?.name ?? 'none' }))

it('a call of a port in the same process has the origin of its caller; without a caller it has none', async () => {
  const call = new CurrentCall({ actor: system, trace: { requestId: 'r' }, origin: originOf('job plumb.measure') })
  expect(await runCall(call, () => client.measure({}))).toBe('job plumb.measure')
  const other = new CurrentCall({ actor: system, trace: { requestId: 'r' } })
  expect(await runCall(other, () => client.measure({}))).toBe('none')
})
