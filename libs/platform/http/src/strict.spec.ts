import { z } from 'zod'
import { strict } from './strict.js'

const Inner = z.object({ a: z.string() }).meta({ example: { a: 'x' } })
const known = { a: 'x' }
const unknown = { a: 'x', b: 1 }

describe('a strict schema', () => {
  it.each<[string, z.ZodType, unknown, unknown]>([
    ['an object', Inner, known, unknown],
    ['a list', z.array(Inner), [known], [known, unknown]],
    ['an optional field', z.object({ i: Inner.optional() }), { i: known }, { i: unknown }],
    ['a nullable field', z.object({ i: Inner.nullable() }), { i: null }, { i: unknown }],
    ['a default', z.object({ i: Inner.default({ a: 'd' }) }), {}, { i: unknown }],
    ['a union', z.union([Inner, z.number()]), 1, unknown],
    ['a discriminated union', z.discriminatedUnion('k', [z.object({ k: z.literal('x'), i: Inner })]), { k: 'x', i: known }, { k: 'x', i: unknown }],
    ['a record', z.record(z.string(), Inner), { r: known }, { r: unknown }],
    ['a refined object', Inner.refine(() => true), known, unknown],
    ['a transformed object', Inner.transform(({ a }) => a), known, unknown],
    ['a partial object', Inner.partial(), {}, { b: 1 }],
  ])('refuses unknown fields in %s', (_, schema, good, bad) => {
    expect(schema.safeParse(bad).success).toBe(true)
    expect(strict(schema).safeParse(good).success).toBe(true)
    expect(strict(schema).safeParse(bad).success).toBe(false)
  })

  it('keeps rules and examples, and leaves open what is open on purpose', () => {
    expect(strict(Inner.refine(({ a }) => a !== 'x', 'not x')).safeParse(known).success).toBe(false)
    expect(strict(z.looseObject({ a: z.string() })).safeParse(unknown).success).toBe(true)
    expect(z.toJSONSchema(strict(z.object({ i: Inner })))).toMatchObject({ properties: { i: { example: { a: 'x' }, additionalProperties: false } } })
  })
})
