import { MetricsRecorder, SignalsRecorder } from '@kilomega/testing'
import type { FastifyReply } from 'fastify'
import { BudgetWatch } from './budget-watch.js'
import type { EdgeRequest } from './edge-request.js'

const request = (name: string) =>
  ({ name, statements: 9, route: { budget: { queries: 1, bytes: 1 } }, trace: { requestId: 'r' } }) as unknown as EdgeRequest
const reply = { statusCode: 200, getHeader: () => undefined } as unknown as FastifyReply

it('a route that stays over its budget is logged again after a minute, and does not hide another one', () => {
  const signals = new SignalsRecorder()
  const watch = new BudgetWatch(new MetricsRecorder(), signals)
  const logged: unknown[] = []
  for (const [name, nowMs] of [
    ['a', 0],
    ['a', 59_999],
    ['b', 59_999],
    ['a', 60_000],
    ['a', 60_001],
  ] as const) {
    watch.check(request(name), reply, nowMs)
    logged.push(signals.emitted.length)
  }
  expect(logged).toEqual([1, 1, 2, 3, 3])
})
