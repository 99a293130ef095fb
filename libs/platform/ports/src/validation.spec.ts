import { z } from 'zod'
import { type AppError, type Problem, Problems, problemsOf, port, portHandler, query, validationFailed } from './index.js'

const details = (error: AppError) => error.details as { errors: Problem[]; moreErrors?: number }
const failure = (schema: z.ZodType, value: unknown) => details(validationFailed(schema.safeParse(value).error!))
const many = (count: number, value: unknown) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]))

describe('the error about an invalid request', () => {
  it('lists all problems if they are few', () => {
    expect(failure(z.strictObject({ a: z.string() }), { b: 1 })).toEqual({
      errors: [
        { path: 'a', code: 'invalid_type', message: expect.any(String) as string },
        { path: 'b', code: 'unknown_field', message: 'Unknown field: b' },
      ],
    })
  })

  it.each([
    ['unknown fields', z.strictObject({}), many(10_000, 1)],
    ['items', z.array(z.string()), Array.from({ length: 10_000 }, () => 1)],
    ['values of a record', z.record(z.string(), z.string()), many(10_000, 1)],
  ])('lists 50 of many %s and counts the others', (_, schema, value) => {
    const { errors, moreErrors } = failure(schema, value)
    expect([errors.length, moreErrors]).toEqual([50, 9_950])
  })

  it('quotes 200 characters at most, and never half of one', () => {
    const [{ path, message }] = failure(z.strictObject({}), { ['😀'.repeat(100_000)]: 1 }).errors as [Problem]
    expect([path.length, path.at(-1), path.isWellFormed(), message.length]).toEqual([199, '…', true, 200])
  })

  it('counts those that it does not list', () => {
    const problems = new Problems()
    for (let one = 0; one < 60; one += 1) problems.add({ path: 'a', code: 'b', message: 'c' })
    expect([problems.count, problems.listed.length]).toEqual([60, 50])
  })

  it('names a value by its place in the request', () => {
    const problems = new Problems()
    problems.addAll(z.string().safeParse(1).error!, ['items', 3])
    expect(problems.listed).toMatchObject([{ path: 'items.3' }])
  })

  it('lists the problems of a single value', () => {
    const read = z.strictObject({}).safeParse({ a: 1 })
    expect(problemsOf(read.error!)).toEqual([{ path: 'a', code: 'unknown_field', message: 'Unknown field: a' }])
  })

  it('is just as short in the reply of a port', async () => {
    abstract class ListsPort extends port('lists', {
      take: query({ summary: 'Takes texts', access: 'anyone', input: z.object({ texts: z.array(z.string()) }), timeoutMs: 100 }),
    }) {}
    const handle = portHandler(ListsPort, { take: () => undefined })
    const call = { port: 'lists', operation: 'take', timeLeftMs: 100, actor: { kind: 'anonymous' } as const, trace: { requestId: 'r' } }
    const reply = await handle({ ...call, input: { texts: Array.from({ length: 100_000 }, () => 1) } })
    expect(reply).toMatchObject({ error: { code: 'VALIDATION_FAILED', details: { moreErrors: 99_950 } } })
    expect(JSON.stringify(reply).length).toBeLessThan(10_000)
  })
})
